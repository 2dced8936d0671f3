//! NEON: the portable loop, compiled for it.

use super::portable;

#[target_feature(enable = "neon")]
pub(super) fn spread(words: &[u64], bytes: &mut [[u8; 64]]) {
    portable::spread(words, bytes);
}
