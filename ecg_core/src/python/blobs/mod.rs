//! Blobs of signals, written and read.

pub(super) mod between;
pub(super) mod opening;
pub(super) mod packed;
pub(super) mod packing;
pub(super) mod source;
pub(super) mod unpacking;
