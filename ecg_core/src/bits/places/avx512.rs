//! AVX-512: the portable loop, compiled for it.

use super::portable;

#[target_feature(enable = "avx512f,avx512bw,popcnt")]
pub(super) fn places(words: &[u64], from: u64, to: &mut [u64]) {
    portable::places(words, from, to);
}
