//! The buffer protocol of Python, both ways, and the numbers in buffers.
//!
//! - `view`: a buffer of any shape and stride
//! - `axes`: places in it
//! - `elements` and `half`: the numbers that it may hold
//! - `lane`: its numbers along an axis, read a block at a time
//! - `exporter`: objects of this module as buffers

pub(super) mod axes;
pub(super) mod elements;
pub(super) mod exporter;
pub(super) mod half;
pub(super) mod lane;
pub(super) mod view;
