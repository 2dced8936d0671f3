//! NEON: the portable loop, compiled for it.

use super::portable;

#[target_feature(enable = "neon")]
pub(super) fn extremes(samples: &[i32]) -> (i32, i32) {
    portable::extremes(samples)
}
