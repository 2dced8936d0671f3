//! Signals to bytes.

use crc32c::crc32c;

use super::codec::RUNS;
use super::error::BlobError;
use super::header::{self, ENTRY, Entry, HEADER};
use super::recorded::{Packing, Recorded, expected};
use super::runs::{self, RUN, append_samples, index_len};
use crate::crossings::ZeroRule;
use crate::memory::{Room, collected};
use crate::signal::Signal;

/// The most bytes of a blob.
const LARGEST: usize = u32::MAX as usize;

/// Packs signals into one blob.
///
/// ```
/// use ecg_core::{Signal, blob};
///
/// let signals = [Signal::new([1, 2, 3]), Signal::new([])];
/// assert_eq!(blob::unpack(&blob::pack(&signals)?)?, signals);
/// # Ok::<(), blob::BlobError>(())
/// ```
///
/// # Errors
/// [`BlobError::TooLarge`] beyond 4 GiB, [`BlobError::OutOfMemory`].
pub fn pack(signals: &[Signal]) -> Result<Vec<u8>, BlobError> {
    build(signals.iter().map(expected).sum(), signals.iter(), append)
}

/// Packs leads as they were read, and returns the signals of those that were not packed then.
///
/// # Errors
/// [`BlobError`] as for [`pack`].
pub fn pack_recorded(leads: Vec<Recorded>) -> Result<(Vec<u8>, Vec<Option<Signal>>), BlobError> {
    let mut signals = Vec::with_room(leads.len())?;
    let size = leads.iter().map(Recorded::expected).sum();
    let blob = build(size, leads.into_iter(), |lead, blob| {
        let (entry, signal) = match lead {
            Recorded::Samples(signal) => (append(&signal, blob)?, Some(signal)),
            Recorded::Packed(packing) => (append_packed(&packing, blob)?, None),
        };
        signals.push(signal);
        Ok(entry)
    })?;
    Ok((blob, signals))
}

/// A blob of leads which a function appends, of about so many bytes.
fn build<L>(
    size: usize,
    leads: impl ExactSizeIterator<Item = L>,
    mut append: impl FnMut(L, &mut Vec<u8>) -> Result<Entry, BlobError>,
) -> Result<Vec<u8>, BlobError> {
    let table = HEADER + leads.len() * ENTRY;
    let mut blob = Vec::with_room(table.max(LARGEST.min(table + size)))?;
    blob.resize(table, 0);
    let entries = collected(leads.map(|lead| append(lead, &mut blob)))?;
    header::write(&mut blob, &entries)?;
    blob.shrink_to_fit(); // a batch keeps its blobs until it is done
    Ok(blob)
}

fn append(signal: &Signal, blob: &mut Vec<u8>) -> Result<Entry, BlobError> {
    let (start, samples) = (blob.len(), signal.samples());
    let (codec, covered) = if samples.len() > RUN {
        runs::write(samples, blob)?;
        (RUNS, start..start + index_len(samples.len()))
    } else {
        (append_samples(samples, blob)?, start..blob.len())
    };
    let crossings = signal.count_zero_crossings(ZeroRule::Neutral, 0, None);
    Ok(Entry {
        codec,
        samples: small(samples.len())?,
        min: signal.minimum().unwrap_or(0),
        max: signal.maximum().unwrap_or(0),
        crossings: u32::try_from(crossings).map_err(|_| BlobError::TooLarge)?,
        offset: small(start)?,
        length: small(blob.len() - start)?,
        checksum: crc32c(&blob[covered]),
    })
}

fn append_packed(packing: &Packing, blob: &mut Vec<u8>) -> Result<Entry, BlobError> {
    let (start, index) = (blob.len(), packing.index.as_flattened().as_flattened());
    blob.add_all(index)?;
    blob.add_all(&packing.runs)?;
    Ok(Entry {
        codec: RUNS,
        samples: small(packing.samples)?,
        min: packing.min,
        max: packing.max,
        crossings: u32::try_from(packing.crossings.count()).map_err(|_| BlobError::TooLarge)?,
        offset: small(start)?,
        length: small(blob.len() - start)?,
        checksum: crc32c(index),
    })
}

fn small(number: usize) -> Result<u32, BlobError> {
    u32::try_from(number).map_err(|_| BlobError::TooLarge)
}
