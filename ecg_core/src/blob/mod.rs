//! The stored form of signals, version 1: `docs/blob-format.md` describes every byte.

mod codec;
mod error;
mod head;
mod header;
mod patched;
mod read;
mod residuals;
mod write;

pub use error::BlobError;
pub use read::{unpack, window};
pub use write::pack;
