//! Blobs of signals, written and read.

pub(super) mod packing;
pub(super) mod unpacking;
