//! AVX-512: the portable loop, compiled for it.

use super::portable;

#[target_feature(enable = "avx512f")]
pub(super) fn extremes(samples: &[i32]) -> (i32, i32) {
    portable::extremes(samples)
}
