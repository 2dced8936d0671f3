//! NEON: the portable loop, compiled for it.

use std::mem::MaybeUninit;

use super::portable;

#[target_feature(enable = "neon")]
pub(super) fn write(samples: &[i32], out: &mut [MaybeUninit<u8>]) -> Option<usize> {
    portable::write(samples, out)
}
