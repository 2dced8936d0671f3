//! Bytes to signals. Nothing is believed: sizes are checked before memory is taken, samples against the table.

use std::ops::Range;

use super::codec::{DELTAS, PATCHED, RAW, RUNS, read_deltas, read_raw};
use super::error::BlobError;
use super::header::{self, Entry};
use super::packed::PackedLead;
use super::patched;
use super::residuals::BLOCK;
use crate::crossings::ZeroRule;
use crate::json::to_json;
use crate::memory::{Room, collected};
use crate::signal::Signal;

/// All signals of a blob.
///
/// # Errors
/// [`BlobError`] if a single bit is not as it was written.
pub fn unpack(blob: &[u8]) -> Result<Vec<Signal>, BlobError> {
    unpack_at_most(blob, u64::MAX)
}

/// All signals of a blob, if they have at most `max_samples` together; it is known before memory is taken for them.
///
/// # Errors
/// [`BlobError`] if they have more, or a single bit is not as it was written.
pub fn unpack_at_most(blob: &[u8], max_samples: u64) -> Result<Vec<Signal>, BlobError> {
    each_at_most(blob, max_samples, Ok)
}

/// The signals that [`unpack_at_most`] returns, each as [`to_json`] writes it; the samples of one at a time are in memory.
///
/// ```
/// use ecg_core::{Signal, blob};
///
/// let packed = blob::pack(&[Signal::new([12, -3, 0]), Signal::new([])])?;
/// assert_eq!(blob::unpack_json_at_most(&packed, 3)?, [b"[12,-3,0]".as_slice(), b"[]"]);
/// # Ok::<(), blob::BlobError>(())
/// ```
///
/// # Errors
/// [`BlobError`] as for [`unpack_at_most`].
pub fn unpack_json_at_most(blob: &[u8], max_samples: u64) -> Result<Vec<Vec<u8>>, BlobError> {
    each_at_most(blob, max_samples, |signal| Ok(to_json(signal.samples())?))
}

/// What `made` makes of each signal.
fn each_at_most<T>(
    blob: &[u8],
    max_samples: u64,
    made: impl Fn(Signal) -> Result<T, BlobError>,
) -> Result<Vec<T>, BlobError> {
    let entries = entries_at_most(blob, max_samples)?;
    collected(entries.iter().enumerate().map(|(lead, entry)| made(whole(blob, lead, entry)?)))
}

/// The table, if it says that all signals have at most `max_samples` together.
pub(super) fn entries_at_most(blob: &[u8], max_samples: u64) -> Result<Vec<Entry>, BlobError> {
    let entries = header::read(blob)?;
    bounded(entries.iter().map(|entry| u64::from(entry.samples)).sum(), max_samples)?;
    Ok(entries)
}

fn bounded(samples: u64, max: u64) -> Result<(), BlobError> {
    if samples > max { Err(BlobError::TooManySamples { samples, max }) } else { Ok(()) }
}

pub(super) fn whole(blob: &[u8], lead: usize, entry: &Entry) -> Result<Signal, BlobError> {
    let signal = Signal::try_new(samples(blob, lead, entry, 0..entry.samples as usize)?)?;
    let known = (signal.minimum().unwrap_or(0), signal.maximum().unwrap_or(0));
    let crossings = signal.count_zero_crossings(ZeroRule::Neutral, 0, None);
    if known == (entry.min, entry.max) && crossings == u64::from(entry.crossings) {
        return Ok(signal);
    }
    Err(BlobError::Lead(lead))
}

/// Samples `start..stop` of one lead; both are cut to its length.
///
/// ```
/// use ecg_core::{Signal, blob};
///
/// let packed = blob::pack(&[Signal::new([1, 2, 3, 4])])?;
/// assert_eq!(blob::window(&packed, 0, 1, 3)?.samples(), [2, 3]);
/// # Ok::<(), blob::BlobError>(())
/// ```
///
/// # Errors
/// [`BlobError`] if the header, the table or the payload of this lead is damaged, or there is no such lead.
pub fn window(blob: &[u8], lead: usize, start: usize, stop: usize) -> Result<Signal, BlobError> {
    window_at_most(blob, lead, start, stop, u64::MAX)
}

/// What [`window`] returns, if it has at most `max_samples`.
///
/// # Errors
/// [`BlobError`] if it has more, or as for [`window`].
pub fn window_at_most(
    blob: &[u8],
    lead: usize,
    start: usize,
    stop: usize,
    max_samples: u64,
) -> Result<Signal, BlobError> {
    let entries = header::read(blob)?;
    let entry = entries.get(lead).ok_or(BlobError::NoSuchLead(lead))?;
    let stop = stop.min(entry.samples as usize);
    let range = start.min(stop)..stop;
    bounded(range.len() as u64, max_samples)?;
    Ok(Signal::try_new(samples(blob, lead, entry, range)?)?)
}

fn samples(blob: &[u8], lead: usize, entry: &Entry, range: Range<usize>) -> Result<Vec<i32>, BlobError> {
    if entry.codec == RUNS {
        return read_runs(blob, lead, entry, range);
    }
    let start = entry.offset as usize;
    let payload = &blob[start..start + entry.length as usize];
    if crc32c::crc32c(payload) != entry.checksum {
        return Err(BlobError::Lead(lead));
    }
    let count = entry.samples as usize;
    let samples = match entry.codec {
        RAW => read_raw(payload, count, range),
        PATCHED => patched::read(payload, count, range),
        DELTAS => read_deltas(payload, count, range),
        other => return Err(BlobError::Codec(other)),
    };
    Ok(samples.ok_or(BlobError::Lead(lead))??)
}

fn read_runs(blob: &[u8], number: usize, entry: &Entry, range: Range<usize>) -> Result<Vec<i32>, BlobError> {
    let lead = PackedLead::new(number, entry, &blob[PackedLead::needed(entry)])?;
    let mut samples = Vec::new();
    samples.make_room(range.len() + 2 * BLOCK)?; // whole blocks are read
    lead.runs(range).try_for_each(|run| run.unpack(&blob[run.bytes()], &mut samples))?;
    Ok(samples)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::write::pack;

    fn signals() -> Vec<Signal> {
        let waves = (0..1000).map(|i| (i * i % 977) - 400).collect::<Vec<i32>>();
        let limits = [i32::MIN, i32::MAX, 0, -1].repeat(50);
        let samples = [waves, limits, vec![7; 300], vec![5], vec![]];
        samples.into_iter().map(Signal::new).collect()
    }

    #[test]
    fn what_is_packed_is_unpacked() {
        assert_eq!(unpack(&pack(&signals()).unwrap()).unwrap(), signals());
        assert_eq!(unpack(&pack(&[]).unwrap()).unwrap(), []);
    }

    #[test]
    fn a_window_is_a_slice() {
        let blob = pack(&signals()).unwrap();
        for (lead, signal) in signals().iter().enumerate() {
            for (start, stop) in
                [(0, 5), (120, 140), (127, 128), (128, 256), (500, 400), (990, 2000), (3000, 4000)]
            {
                let end = stop.min(signal.samples().len());
                let expected = &signal.samples()[start.min(end)..end];
                assert_eq!(window(&blob, lead, start, stop).unwrap().samples(), expected);
            }
        }
        assert_eq!(window(&blob, 5, 0, 1), Err(BlobError::NoSuchLead(5)));
    }

    #[test]
    fn every_flipped_bit_is_found() {
        let blob = pack(&signals()[2..]).unwrap();
        for bit in 0..blob.len() * 8 {
            let mut damaged = blob.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert!(unpack(&damaged).is_err(), "bit {bit}");
        }
    }

    #[test]
    fn every_truncation_and_extension_is_found() {
        let mut blob = pack(&signals()).unwrap();
        for len in 0..blob.len() {
            assert!(unpack(&blob[..len]).is_err(), "{len} bytes");
        }
        blob.push(0);
        assert!(unpack(&blob).is_err());
    }
}
