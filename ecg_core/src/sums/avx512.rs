//! AVX-512: the portable loop, compiled for it.

use super::portable;

#[target_feature(enable = "avx512f")]
pub(super) fn sums(samples: &[i32], from: i32) -> (i64, i64) {
    portable::sums(samples, from)
}
