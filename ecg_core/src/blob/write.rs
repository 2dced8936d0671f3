//! Signals to bytes.

use super::codec::{PATCHED, RAW, write_raw};
use super::error::BlobError;
use super::header::{self, ENTRY, Entry, HEADER};
use super::patched;
use crate::crossings::ZeroRule;
use crate::memory::{OutOfMemory, Room, collected};
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
    let samples: usize = signals.iter().map(|signal| signal.samples().len()).sum();
    let table = HEADER + signals.len() * ENTRY;
    let mut blob = Vec::with_room(table.max(LARGEST.min(table + samples * 2)))?;
    blob.resize(table, 0);
    let entries = collected(signals.iter().map(|signal| append(signal, &mut blob)))?;
    header::write(&mut blob, &entries)?;
    blob.shrink_to_fit(); // a batch keeps its blobs until it is done
    Ok(blob)
}

fn append(signal: &Signal, blob: &mut Vec<u8>) -> Result<Entry, BlobError> {
    let start = blob.len();
    let codec = append_samples(signal.samples(), blob)?;
    let small = |number: usize| u32::try_from(number).map_err(|_| BlobError::TooLarge);
    let crossings = signal.count_zero_crossings(ZeroRule::Neutral, 0, None);
    Ok(Entry {
        codec,
        samples: small(signal.samples().len())?,
        min: signal.minimum().unwrap_or(0),
        max: signal.maximum().unwrap_or(0),
        crossings: u32::try_from(crossings).map_err(|_| BlobError::TooLarge)?,
        offset: small(start)?,
        length: small(blob.len() - start)?,
        checksum: crc32c::crc32c(&blob[start..]),
    })
}

/// Appends the smaller of the two forms.
fn append_samples(samples: &[i32], blob: &mut Vec<u8>) -> Result<u32, OutOfMemory> {
    let start = blob.len();
    patched::write(samples, blob)?;
    if blob.len() - start < size_of_val(samples) {
        return Ok(PATCHED);
    }
    blob.truncate(start);
    write_raw(samples, blob)?;
    Ok(RAW)
}
