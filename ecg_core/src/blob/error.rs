//! Why a blob cannot be read or written.

use std::fmt;

use crate::memory::OutOfMemory;

/// What is wrong with a blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlobError {
    /// It does not begin like a blob.
    Magic,
    /// It was written by a later version.
    Version(u8),
    /// Its header or table is damaged or cut off.
    Header,
    /// The payload of a lead is damaged.
    Lead(usize),
    /// A lead is stored in a way that this version does not know.
    Codec(u32),
    /// It would be too large: lengths and counts have 32 bits.
    TooLarge,
    /// It holds more samples than the caller takes.
    TooManySamples {
        /// What it holds.
        samples: u64,
        /// What the caller takes.
        max: u64,
    },
    /// It does not hold one signal less than a document has parts.
    Parts {
        /// What it holds.
        signals: usize,
        /// What the document has.
        parts: usize,
    },
    /// There is not enough memory.
    OutOfMemory,
    /// It has fewer leads.
    NoSuchLead(usize),
}

impl fmt::Display for BlobError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Magic => write!(f, "not a blob of signals"),
            Self::Version(version) => {
                write!(f, "a blob of format {version}, which this version of ecg_core does not read")
            }
            Self::Header => write!(f, "damaged or truncated header"),
            Self::Lead(lead) => write!(f, "damaged lead {lead}"),
            Self::Codec(codec) => {
                write!(f, "a lead stored by codec {codec}, which this version of ecg_core does not read")
            }
            Self::TooLarge => write!(f, "signals too large for one blob"),
            Self::TooManySamples { samples, max } => write!(f, "{samples} samples, more than {max}"),
            Self::Parts { signals, parts } => write!(f, "{signals} signals do not fit between {parts} parts"),
            Self::OutOfMemory => OutOfMemory.fmt(f),
            Self::NoSuchLead(lead) => write!(f, "no lead {lead}"),
        }
    }
}

impl std::error::Error for BlobError {}

impl From<OutOfMemory> for BlobError {
    fn from(_: OutOfMemory) -> Self {
        Self::OutOfMemory
    }
}
