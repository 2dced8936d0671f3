//! Codec 3: a long lead in runs, each of which is read and verified without the others.

use crc32c::crc32c;

use super::codec::{PATCHED, RAW, write_raw};
use super::patched;
use crate::memory::{OutOfMemory, Room};

/// Samples of a run, but for the last one. Leads with more are stored in runs.
pub const RUN: usize = 65_536;
/// Bytes of a run in the index: its length and its checksum.
pub(super) const INDEXED: usize = 8;

/// Bytes of the index of so many samples.
pub(super) fn index_len(samples: usize) -> usize {
    INDEXED * samples.div_ceil(RUN)
}

/// Appends the smaller of two forms, and returns the codec.
pub(super) fn append_samples(samples: &[i32], out: &mut Vec<u8>) -> Result<u32, OutOfMemory> {
    let start = out.len();
    patched::write(samples, out)?;
    if out.len() - start < size_of_val(samples) {
        return Ok(PATCHED);
    }
    out.truncate(start);
    write_raw(samples, out)?;
    Ok(RAW)
}

/// Appends the index and the runs of a lead.
pub(super) fn write(samples: &[i32], out: &mut Vec<u8>) -> Result<(), OutOfMemory> {
    let start = out.len();
    out.make_room(index_len(samples.len()))?;
    out.resize(start + index_len(samples.len()), 0);
    for (number, run) in samples.chunks(RUN).enumerate() {
        let indexed = append(run, out)?;
        out[start + INDEXED * number..][..INDEXED].copy_from_slice(indexed.as_flattened());
    }
    Ok(())
}

/// Appends a run, and returns what the index says of it.
pub(super) fn append(run: &[i32], out: &mut Vec<u8>) -> Result<[[u8; 4]; 2], OutOfMemory> {
    let start = out.len();
    append_samples(run, out)?;
    let packed = &out[start..];
    #[expect(clippy::cast_possible_truncation, reason = "at most four bytes for each sample of a run")]
    let length = packed.len() as u32;
    Ok([length, crc32c(packed)].map(u32::to_le_bytes))
}
