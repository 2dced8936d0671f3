//! One bit per byte of four registers: NEON has no instruction for that.
#![cfg_attr(not(test), expect(clippy::wildcard_imports, reason = "intrinsics have unique names"))]

use std::arch::aarch64::*;

/// Bit i tells whether all bits of byte i are set; in each byte all are equal.
#[inline]
#[target_feature(enable = "neon")]
pub(crate) fn bits_of_64_bytes(compared: [uint8x16_t; 4]) -> u64 {
    let each = vreinterpretq_u8_u64(vdupq_n_u64(0x8040_2010_0804_0201));
    let [a, b, c, d] = compared.map(|part| vandq_u8(part, each));
    // adding neighbours three times joins eight bytes to one
    let fours = vpaddq_u8(vpaddq_u8(a, b), vpaddq_u8(c, d));
    vgetq_lane_u64::<0>(vreinterpretq_u64_u8(vpaddq_u8(fours, fours)))
}
