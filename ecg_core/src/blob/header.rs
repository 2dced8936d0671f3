//! The header and the table of leads.

use crc32c::{crc32c, crc32c_append};

use super::error::BlobError;
use crate::memory::Room;

const MAGIC: [u8; 4] = *b"ECGB";
const VERSION: u32 = 1; // the three bytes above the version are zero
const CHECKSUM: std::ops::Range<usize> = 12..16;

/// Bytes before the table.
pub const HEADER: usize = 16;
/// Bytes of a lead in the table.
pub(super) const ENTRY: usize = 32;

/// A lead in the table: eight little-endian words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) codec: u32,
    pub(super) samples: u32,
    pub(super) min: i32,
    pub(super) max: i32,
    pub(super) crossings: u32,
    pub(super) offset: u32,
    pub(super) length: u32,
    pub(super) checksum: u32,
}

impl Entry {
    fn to_bytes(self) -> [u8; ENTRY] {
        let (min, max) = (self.min.cast_unsigned(), self.max.cast_unsigned());
        let words =
            [self.codec, self.samples, min, max, self.crossings, self.offset, self.length, self.checksum];
        let mut bytes = [0; ENTRY];
        for (four, word) in bytes.as_chunks_mut().0.iter_mut().zip(words) {
            *four = word.to_le_bytes();
        }
        bytes
    }

    fn from_bytes(bytes: &[u8; ENTRY]) -> Self {
        let word = |index: usize| u32::from_le_bytes(bytes.as_chunks().0[index]);
        Self {
            codec: word(0),
            samples: word(1),
            min: word(2).cast_signed(),
            max: word(3).cast_signed(),
            crossings: word(4),
            offset: word(5),
            length: word(6),
            checksum: word(7),
        }
    }
}

/// Fills in the header and the table, for which `blob` has space at its beginning.
pub(super) fn write(blob: &mut [u8], entries: &[Entry]) -> Result<(), BlobError> {
    let leads = u32::try_from(entries.len()).map_err(|_| BlobError::TooLarge)?;
    let end = HEADER + entries.len() * ENTRY;
    for (out, entry) in blob[HEADER..end].as_chunks_mut().0.iter_mut().zip(entries) {
        *out = entry.to_bytes();
    }
    blob[..4].copy_from_slice(&MAGIC);
    blob[4..8].copy_from_slice(&VERSION.to_le_bytes());
    blob[8..12].copy_from_slice(&leads.to_le_bytes());
    let checksum = crc32c_append(crc32c(&blob[..CHECKSUM.start]), &blob[HEADER..end]);
    blob[CHECKSUM].copy_from_slice(&checksum.to_le_bytes());
    Ok(())
}

/// Reads the table, after checking the header, its checksum and that the payloads fill the rest exactly.
pub(super) fn read(blob: &[u8]) -> Result<Vec<Entry>, BlobError> {
    read_of(blob, blob.len())
}

/// How many bytes the header and the table take, by what the first [`HEADER`] bytes say.
pub(super) fn needed(header: &[u8]) -> Result<usize, BlobError> {
    let leads = word(header, 8)? as usize;
    leads.checked_mul(ENTRY).and_then(|table| table.checked_add(HEADER)).ok_or(BlobError::Header)
}

/// What [`read`] does, of a blob of so many bytes that begins like this.
pub(super) fn read_of(blob: &[u8], len: usize) -> Result<Vec<Entry>, BlobError> {
    if !blob.starts_with(&MAGIC) {
        return Err(BlobError::Magic);
    }
    match word(blob, 4)? {
        VERSION => {}
        other => return Err(BlobError::Version(other.to_le_bytes()[0])),
    }
    let leads = word(blob, 8)? as usize;
    let table = leads.checked_mul(ENTRY).and_then(|length| blob.get(HEADER..)?.get(..length));
    let table = table.ok_or(BlobError::Header)?;
    if crc32c_append(crc32c(&blob[..CHECKSUM.start]), table) != word(blob, CHECKSUM.start)? {
        return Err(BlobError::Header);
    }
    let mut entries = Vec::with_room(leads)?;
    entries.extend(table.as_chunks().0.iter().map(Entry::from_bytes));
    if contiguous(&entries, len) { Ok(entries) } else { Err(BlobError::Header) }
}

fn word(blob: &[u8], at: usize) -> Result<u32, BlobError> {
    let bytes = blob.get(at..).and_then(<[u8]>::first_chunk).ok_or(BlobError::Header)?;
    Ok(u32::from_le_bytes(*bytes))
}

/// Whether the payloads follow each other from the table to the end.
fn contiguous(entries: &[Entry], end: usize) -> bool {
    let mut at = HEADER + entries.len() * ENTRY;
    for entry in entries {
        if entry.offset as usize != at {
            return false;
        }
        at += entry.length as usize;
    }
    at == end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_keep_every_word() {
        let bytes: [u8; ENTRY] = std::array::from_fn(|index| u8::try_from(index * 7).unwrap());
        assert_eq!(Entry::from_bytes(&bytes).to_bytes(), bytes);
    }

    #[test]
    fn payloads_fill_the_blob() {
        let entry = Entry::from_bytes(&[0; ENTRY]);
        let at = |offset, length| Entry { offset, length, ..entry };
        assert!(contiguous(&[at(80, 5), at(85, 0)], 85));
        for (first, second, end) in [(79, 85, 85), (80, 84, 85), (80, 85, 86)] {
            assert!(!contiguous(&[at(first, 5), at(second, 0)], end));
        }
    }
}
