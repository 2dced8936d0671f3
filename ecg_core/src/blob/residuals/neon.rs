//! NEON: the portable loops, which the compiler vectorises for it.

use super::block::{BLOCK, Residuals};
use super::portable;
use crate::blob::head::Head;

#[target_feature(enable = "neon")]
pub(super) fn split(block: &[i32; BLOCK], out: &mut Residuals) -> Head {
    portable::split(block, out)
}

#[target_feature(enable = "neon")]
pub(super) fn join(residuals: &[u32; BLOCK], order: u8, first: i32, samples: &mut Vec<i32>) {
    portable::join(residuals, order, first, samples);
}
