//! AVX2: the portable loops, compiled for it.

use super::portable;

#[target_feature(enable = "avx2")]
pub(super) fn begin(slots: &mut [u64], ranks: &[u8], seen: u64) {
    portable::begin(slots, ranks, seen);
}

#[target_feature(enable = "avx2")]
pub(super) fn end(slots: &mut [u64], ranks: &[u8], seen: u64) {
    portable::end(slots, ranks, seen);
}
