//! Blobs that are wrong behind right checksums: else a fuzzer would never get past those.

use std::ops::Range;

const HEADER: usize = 16;
const ENTRY: usize = 32;
/// The codec of long leads, the samples of a run, and its bytes in the index.
const RUNS: u32 = 3;
const RUN: usize = 65_536;
const INDEXED: usize = 8;

/// Makes a blob of any bytes. Codecs, counts and payloads stay as they are; what says where the payloads
/// are, and the checksums, becomes true.
#[must_use]
pub fn repaired(bytes: &[u8]) -> Vec<u8> {
    let mut blob = bytes.to_vec();
    blob.resize(bytes.len().max(HEADER), 0);
    let most = (blob.len() - HEADER) / ENTRY;
    let leads = (word(&blob, 8) as usize).min(most);
    blob[..8].copy_from_slice(b"ECGB\x01\0\0\0");
    set(&mut blob, 8, leads);
    let mut at = HEADER + leads * ENTRY;
    for lead in 0..leads {
        let (entry, left) = (HEADER + lead * ENTRY, blob.len() - at);
        let length = if lead + 1 == leads { left } else { left.min(word(&blob, entry + 24) as usize) };
        let covered = at..at + repaired_runs(&mut blob, entry, at, length).unwrap_or(length);
        let checksum = crc32c::crc32c(&blob[covered]);
        set(&mut blob, entry + 20, at);
        set(&mut blob, entry + 24, length);
        set(&mut blob, entry + 28, checksum as usize);
        at += length;
    }
    blob.truncate(at); // what no lead has is no part of a blob
    seal(&mut blob);
    blob
}

/// Makes true what the index of a payload in runs says, and returns how long it is, if it is one.
fn repaired_runs(blob: &mut [u8], entry: usize, at: usize, length: usize) -> Option<usize> {
    let runs = (word(blob, entry + 4) as usize).div_ceil(RUN);
    if word(blob, entry) != RUNS || length < INDEXED * runs {
        return None;
    }
    let (mut start, end) = (at + INDEXED * runs, at + length);
    for run in 0..runs {
        let indexed = at + INDEXED * run;
        let rest = end - start;
        let size = if run + 1 == runs { rest } else { rest.min(word(blob, indexed) as usize) };
        let checksum = crc32c::crc32c(&blob[start..start + size]);
        set(blob, indexed, size);
        set(blob, indexed + 4, checksum as usize);
        start += size;
    }
    Some(INDEXED * runs)
}

/// Makes what the table says of a lead true for its samples.
pub fn describe(blob: &mut [u8], lead: usize, min: i32, max: i32, crossings: u64) {
    let entry = HEADER + lead * ENTRY;
    set(blob, entry + 8, min.cast_unsigned() as usize);
    set(blob, entry + 12, max.cast_unsigned() as usize);
    set(blob, entry + 16, usize::try_from(crossings).unwrap_or(usize::MAX));
    seal(blob);
}

/// The leads of a blob.
#[must_use]
pub fn leads(blob: &[u8]) -> Range<usize> {
    0..word(blob, 8) as usize
}

fn seal(blob: &mut [u8]) {
    let table = HEADER..HEADER + leads(blob).end * ENTRY;
    let checksum = crc32c::crc32c_append(crc32c::crc32c(&blob[..12]), &blob[table]);
    set(blob, 12, checksum as usize);
}

fn word(blob: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(std::array::from_fn(|byte| blob[at + byte]))
}

fn set(blob: &mut [u8], at: usize, word: usize) {
    blob[at..at + 4].copy_from_slice(&word.to_le_bytes()[..4]);
}
