//! NEON: the portable loop, compiled for it.

use super::portable;

#[target_feature(enable = "neon")]
pub(super) fn sums(samples: &[i32], from: i32) -> (i64, i64) {
    portable::sums(samples, from)
}
