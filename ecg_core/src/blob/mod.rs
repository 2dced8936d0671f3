//! The stored form of signals, version 1: `docs/blob-format.md` describes every byte.
//!
//! - `read`, `write`: bytes to signals, and back
//! - `document`: signals as JSON between the parts of a document
//! - `header`: the header and the table of leads
//! - `info`: what the table says, for others
//! - `recorded`: leads that are packed while they are read
//! - `codec`, `patched`: how the samples of one lead become bytes
//! - `runs`: how those of a long one do
//! - `packed`: how few of them are read
//! - `head`, `residuals`: the blocks of codec 2, and the kernels that split and join them
//! - `error`: what is wrong with a blob

mod codec;
mod document;
mod error;
mod head;
mod header;
mod info;
mod packed;
mod patched;
mod read;
mod recorded;
mod residuals;
mod runs;
mod write;

pub use document::Document;
pub use error::BlobError;
pub use header::HEADER as HEAD;
pub use info::{Lead, leads};
pub use packed::{PackedLead, PackedRun, Place, head_len, places};
pub use read::{unpack, unpack_at_most, unpack_json_at_most, window, window_at_most};
pub use recorded::{Packing, Recorded};
pub use runs::RUN;
pub use write::{pack, pack_recorded};
