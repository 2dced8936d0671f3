//! Leads of which no more is read than is needed.

use std::ops::Range;

use crc32c::crc32c;

use super::codec::{DELTAS, PATCHED, RAW, RUNS, read_deltas, read_raw};
use super::error::BlobError;
use super::head::Head;
use super::header::{self, Entry};
use super::info::Lead;
use super::patched;
use super::residuals::BLOCK;
use super::runs::{INDEXED, RUN, index_len};
use crate::memory::{Room, collected};

/// A lead by what the table says: where the index of its runs is, which says where those are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    number: usize,
    entry: Entry,
}

/// How many bytes the header and the table of a blob take that begins with these, [`HEAD`] at least.
///
/// # Errors
/// [`BlobError::Header`] if they are fewer, or say what cannot be.
pub fn head_len(header: &[u8]) -> Result<usize, BlobError> {
    header::needed(header)
}

/// The places of the leads in a blob of `size` bytes, by its header and table.
///
/// ```
/// use ecg_core::{Signal, blob};
///
/// let packed = blob::pack(&[Signal::new([1, 2, 3]), Signal::new(vec![7; 100_000])])?;
/// let head = blob::head_len(&packed[..blob::HEAD])?;
/// let place = blob::places(&packed[..head], packed.len())?[1];
/// let lead = place.open(&packed[place.index()])?;
/// let mut samples = Vec::new();
/// for run in lead.runs(65_535..65_538) {
///     run.unpack(&packed[run.bytes()], &mut samples)?;
/// }
/// assert_eq!(samples, [7; 3]);
/// # Ok::<(), blob::BlobError>(())
/// ```
///
/// # Errors
/// [`BlobError`] if the header or the table is damaged.
pub fn places(head: &[u8], size: usize) -> Result<Vec<Place>, BlobError> {
    let entries = header::read_of(head, size)?;
    collected(entries.into_iter().enumerate().map(|(number, entry)| Ok(Place { number, entry })))
}

impl Place {
    /// What the table says of the lead.
    #[must_use]
    pub fn lead(&self) -> Lead {
        Lead::from(&self.entry)
    }

    /// Whether it is stored in runs.
    #[must_use]
    pub fn is_long(&self) -> bool {
        self.entry.codec == RUNS
    }

    /// The bytes of the blob that [`Self::open`] needs.
    #[must_use]
    pub fn index(&self) -> Range<usize> {
        PackedLead::needed(&self.entry)
    }

    /// The lead, by its index.
    ///
    /// # Errors
    /// [`BlobError`] if that is damaged.
    pub fn open(&self, index: &[u8]) -> Result<PackedLead, BlobError> {
        PackedLead::new(self.number, &self.entry, index)
    }
}

/// A lead of a blob, of which no more is read than is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackedLead {
    number: usize,
    codec: u32,
    samples: usize,
    /// Where the bytes of the first run begin in the blob.
    start: usize,
    /// Where the bytes of each run end, and their checksum.
    runs: Vec<(usize, u32)>,
}

impl PackedLead {
    /// The bytes of the blob that [`Self::new`] needs.
    pub(super) fn needed(entry: &Entry) -> Range<usize> {
        let (start, length) = (entry.offset as usize, entry.length as usize);
        let index = if entry.codec == RUNS { index_len(entry.samples as usize) } else { 0 };
        start..start + index.min(length)
    }

    /// A lead that begins with this index.
    pub(super) fn new(number: usize, entry: &Entry, index: &[u8]) -> Result<Self, BlobError> {
        let (start, samples) = (Self::needed(entry).end, entry.samples as usize);
        let end = entry.offset as usize + entry.length as usize;
        let mut lead = Self { number, codec: entry.codec, samples, start, runs: Vec::new() };
        match entry.codec {
            RUNS => {}
            RAW | DELTAS | PATCHED => {
                lead.runs.add((end, entry.checksum))?;
                return Ok(lead);
            }
            other => return Err(BlobError::Codec(other)),
        }
        if index.len() != index_len(samples) || crc32c(index) != entry.checksum {
            return Err(BlobError::Lead(number));
        }
        lead.runs.make_room(samples.div_ceil(RUN))?;
        let mut at = start;
        for (run, indexed) in index.as_chunks::<INDEXED>().0.iter().enumerate() {
            let [length, checksum] = [0, 1].map(|word| u32::from_le_bytes(indexed.as_chunks().0[word]));
            let blocks = RUN.min(samples - run * RUN).div_ceil(BLOCK);
            if (length as usize) < blocks * Head::SHORTEST {
                return Err(BlobError::Lead(number)); // or few bytes could ask for much memory
            }
            at = at.checked_add(length as usize).filter(|&at| at <= end).ok_or(BlobError::Lead(number))?;
            lead.runs.push((at, checksum));
        }
        if at == end { Ok(lead) } else { Err(BlobError::Lead(number)) }
    }

    /// How many samples it has.
    #[must_use]
    pub fn samples(&self) -> usize {
        self.samples
    }

    /// The runs that have samples of a range, in order; the range is cut to the length of the lead.
    pub fn runs(&self, range: Range<usize>) -> impl Iterator<Item = PackedRun> + use<'_> {
        let size = if self.codec == RUNS { RUN } else { self.samples.max(1) };
        let (start, stop) = (range.start.min(self.samples), range.end.min(self.samples));
        let touched = if start < stop { start / size..(stop - 1) / size + 1 } else { 0..0 };
        touched.map(move |run| {
            let (first, (end, checksum)) = (run * size, self.runs[run]);
            PackedRun {
                number: self.number,
                codec: self.codec,
                count: size.min(self.samples - first),
                wanted: start.max(first) - first..stop.min(first + size) - first,
                bytes: if run == 0 { self.start } else { self.runs[run - 1].0 }..end,
                checksum,
            }
        })
    }
}

/// A part of a lead that is read as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackedRun {
    number: usize,
    codec: u32,
    count: usize,
    wanted: Range<usize>,
    bytes: Range<usize>,
    checksum: u32,
}

impl PackedRun {
    /// The bytes of the blob that it is in.
    #[must_use]
    pub fn bytes(&self) -> Range<usize> {
        self.bytes.clone()
    }

    /// How many of its samples are wanted.
    #[must_use]
    pub fn wanted(&self) -> usize {
        self.wanted.len()
    }

    /// Appends the samples that are wanted, from the bytes of the run.
    ///
    /// # Errors
    /// [`BlobError`] if they are damaged.
    pub fn unpack(&self, bytes: &[u8], samples: &mut Vec<i32>) -> Result<(), BlobError> {
        if crc32c(bytes) != self.checksum {
            return Err(BlobError::Lead(self.number));
        }
        let (count, wanted) = (self.count, self.wanted.clone());
        let is_raw = self.codec == RAW || self.codec == RUNS && bytes.len() == 4 * self.count;
        let read = match self.codec {
            _ if is_raw => read_raw(bytes, count, wanted).map(|read| samples.add_all(&read?)),
            PATCHED | RUNS => patched::append(bytes, count, wanted, samples),
            _ => read_deltas(bytes, count, wanted).map(|read| samples.add_all(&read?)),
        };
        Ok(read.ok_or(BlobError::Lead(self.number))??)
    }
}
