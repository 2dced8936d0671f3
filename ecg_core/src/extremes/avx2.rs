//! AVX2: the portable loop, compiled for it.

use super::portable;

#[target_feature(enable = "avx2")]
pub(super) fn extremes(samples: &[i32]) -> (i32, i32) {
    portable::extremes(samples)
}
