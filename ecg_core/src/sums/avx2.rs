//! AVX2: the portable loop, compiled for it.

use super::portable;

#[target_feature(enable = "avx2")]
pub(super) fn sums(samples: &[i32], from: i32) -> (i64, i64) {
    portable::sums(samples, from)
}
