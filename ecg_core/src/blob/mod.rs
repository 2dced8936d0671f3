//! The stored form of signals, version 1: `docs/blob-format.md` describes every byte.
//!
//! - `read`, `write`: bytes to signals, and back
//! - `header`: the header and the table of leads
//! - `info`: what the table says, for others
//! - `codec`, `patched`: how the samples of one lead become bytes
//! - `head`, `residuals`: the blocks of codec 2, and the kernels that split and join them
//! - `error`: what is wrong with a blob

mod codec;
mod error;
mod head;
mod header;
mod info;
mod patched;
mod read;
mod residuals;
mod write;

pub use error::BlobError;
pub use info::{Lead, leads};
pub use read::{unpack, unpack_at_most, unpack_json_at_most, window, window_at_most};
pub use write::pack;
