//! NEON: comparing gives all bits of a sample, of which one byte is kept, and of that one bit.
#![expect(unsafe_code, reason = "loads take pointers")]
#![cfg_attr(not(test), expect(clippy::wildcard_imports, reason = "intrinsics have unique names"))]

use std::arch::aarch64::*;
use std::array::from_fn;

use super::words::{Bits, Look, kernels, take_words};
use crate::crossings::counter::Crossings;
use crate::crossings::gaps::{Gaps, Marks};
use crate::crossings::level::{Level, negative_and_zero};
use crate::crossings::run::Run;
use crate::crossings::signs::{NotANumber, Signed, WORD};
use crate::crossings::word::Word;

kernels!(
    "neon":
    count_u8(u8) by 64 of signs_of_u8, any_of_u8;
    count_i16(i16) by 64 of signs_of_i16, any_of_i16;
    count_i32(i32) by 64 of signs_of_i32, any_of_i32;
    count_i64(i64) by 64 of signs_of_i64, any_of_i64;
    count_f32(f32) by 64 of signs_of_f32, any_of_f32;
    count_f64(f64) by 64 of signs_of_f64, any_of_f64
);

mod signs {
    use super::*;
    use crate::bits::neon::bits_of_64_bytes;

    /// The registers of the samples of a word.
    macro_rules! loaded {
        ($samples:ident, $type:ty, $load:ident) => {{
            const EACH: usize = 16 / size_of::<$type>();
            // SAFETY: the caller gives the samples of a word.
            let parts: [_; WORD / EACH] = from_fn(|part| unsafe { $load($samples.add(part * EACH)) });
            parts
        }};
    }

    macro_rules! integers {
        ($signs:ident, $any:ident($type:ty), $load:ident, $set1:ident, $less:ident, $equal:ident, $bits:ident) => {
            /// Whether one of the samples is equal to a number.
            #[target_feature(enable = "neon")]
            pub(super) unsafe fn $any(samples: *const $type, number: $type) -> bool {
                let (parts, number) = (loaded!(samples, $type, $load), $set1(number));
                $bits(parts.map(|part| $equal(part, number))) != 0
            }

            #[target_feature(enable = "neon")]
            pub(super) unsafe fn $signs(samples: *const $type, level: $type) -> Bits {
                let (parts, level) = (loaded!(samples, $type, $load), $set1(level));
                Bits {
                    negative: $bits(parts.map(|part| $less(part, level))),
                    zero: $bits(parts.map(|part| $equal(part, level))),
                    suspect: false,
                }
            }
        };
    }

    /// Only a NaN does not equal itself.
    macro_rules! floats {
        (
            $signs:ident, $any:ident($type:ty), $load:ident, $set1:ident, $less:ident, $equal:ident, $cast:ident,
            $integer_set1:ident, $integer_sub:ident, $integer_less:ident, $bits:ident
        ) => {
            /// Whether one of the samples is equal to a number, or NaN. A mode that takes denormals for zeros finds
            /// more of them.
            #[target_feature(enable = "neon")]
            pub(super) unsafe fn $any(samples: *const $type, number: $type) -> bool {
                let (parts, number) = (loaded!(samples, $type, $load), $set1(number));
                let good = $bits(parts.map(|part| $equal(part, part))) == u64::MAX;
                !good || $bits(parts.map(|part| $equal(part, number))) != 0
            }

            #[target_feature(enable = "neon")]
            pub(super) unsafe fn $signs(samples: *const $type, level: $type) -> Bits {
                let parts = loaded!(samples, $type, $load);
                let suspect = $bits(parts.map(|part| $equal(part, part))) != u64::MAX;
                let (negative, zero) = if level == 0.0 {
                    let less = |by| {
                        $bits(parts.map(|part| {
                            $integer_less($integer_sub($cast(part), $integer_set1(by)), $integer_set1(0))
                        }))
                    };
                    negative_and_zero([less(0), less(1)])
                } else {
                    let level = $set1(level);
                    (
                        $bits(parts.map(|part| $less(part, level))),
                        $bits(parts.map(|part| $equal(part, level))),
                    )
                };
                Bits { negative, zero, suspect }
            }
        };
    }

    integers!(signs_of_u8, any_of_u8(u8), vld1q_u8, vdupq_n_u8, vcltq_u8, vceqq_u8, bits_of_64_bytes);
    integers!(
        signs_of_i16,
        any_of_i16(i16),
        vld1q_s16,
        vdupq_n_s16,
        vcltq_s16,
        vceqq_s16,
        bits_of_16_bit_lanes
    );
    integers!(
        signs_of_i32,
        any_of_i32(i32),
        vld1q_s32,
        vdupq_n_s32,
        vcltq_s32,
        vceqq_s32,
        bits_of_32_bit_lanes
    );
    integers!(
        signs_of_i64,
        any_of_i64(i64),
        vld1q_s64,
        vdupq_n_s64,
        vcltq_s64,
        vceqq_s64,
        bits_of_64_bit_lanes
    );
    floats!(
        signs_of_f32,
        any_of_f32(f32),
        vld1q_f32,
        vdupq_n_f32,
        vcltq_f32,
        vceqq_f32,
        vreinterpretq_s32_f32,
        vdupq_n_s32,
        vsubq_s32,
        vcltq_s32,
        bits_of_32_bit_lanes
    );
    floats!(
        signs_of_f64,
        any_of_f64(f64),
        vld1q_f64,
        vdupq_n_f64,
        vcltq_f64,
        vceqq_f64,
        vreinterpretq_s64_f64,
        vdupq_n_s64,
        vsubq_s64,
        vcltq_s64,
        bits_of_64_bit_lanes
    );

    /// Keeps the lower half of each item, of which all bits are equal.
    macro_rules! narrowed {
        ($wide:ident $from:ty [$count:literal], $unzip:ident, $cast:ident, $narrow:ident) => {
            #[target_feature(enable = "neon")]
            fn $wide(compared: [$from; $count]) -> u64 {
                $narrow(from_fn(|i| $unzip($cast(compared[2 * i]), $cast(compared[2 * i + 1]))))
            }
        };
    }

    narrowed!(bits_of_16_bit_lanes uint16x8_t [8], vuzp1q_u8, vreinterpretq_u8_u16, bits_of_64_bytes);
    narrowed!(bits_of_32_bit_lanes uint32x4_t [16], vuzp1q_u16, vreinterpretq_u16_u32, bits_of_16_bit_lanes);
    narrowed!(bits_of_64_bit_lanes uint64x2_t [32], vuzp1q_u32, vreinterpretq_u32_u64, bits_of_32_bit_lanes);
}
