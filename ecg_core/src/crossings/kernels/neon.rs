//! NEON: comparing gives all bits of a sample, of which one byte is kept, and of that one bit.
#![expect(unsafe_code, reason = "loads take pointers")]
#![cfg_attr(not(test), expect(clippy::wildcard_imports, reason = "intrinsics have unique names"))]

use std::arch::aarch64::*;
use std::array::from_fn;

use super::{BLOCK, Bits, Crossings, Run, kernels, take};

kernels!("neon": u8 by 64, i16 by 64, i32 by 64, i64 by 64, f32 by 64, f64 by 64);

mod signs {
    use super::*;
    use crate::bits::neon::ones as bytes;

    /// The registers of a block of samples, and one of levels.
    macro_rules! loaded {
        ($samples:ident, $level:ident, $type:ty, $load:ident, $set1:ident) => {{
            const EACH: usize = 16 / size_of::<$type>();
            // SAFETY: the caller gives a block of samples.
            let parts: [_; BLOCK / EACH] = from_fn(|part| unsafe { $load($samples.add(part * EACH)) });
            (parts, $set1($level))
        }};
    }

    /// Only a NaN does not equal itself; the compiler knows that no integer is one.
    macro_rules! signs {
        ($type:ident, $load:ident, $set1:ident, $less:ident, $equal:ident, $bits:ident) => {
            #[target_feature(enable = "neon")]
            pub(super) unsafe fn $type(samples: *const $type, level: $type) -> Bits {
                let (parts, level) = loaded!(samples, level, $type, $load, $set1);
                Bits {
                    negative: $bits(parts.map(|part| $less(part, level))),
                    zero: $bits(parts.map(|part| $equal(part, level))),
                    suspect: $bits(parts.map(|part| $equal(part, part))) != u64::MAX,
                }
            }
        };
    }

    signs!(u8, vld1q_u8, vdupq_n_u8, vcltq_u8, vceqq_u8, bytes);
    signs!(i16, vld1q_s16, vdupq_n_s16, vcltq_s16, vceqq_s16, halves);
    signs!(i32, vld1q_s32, vdupq_n_s32, vcltq_s32, vceqq_s32, words);
    signs!(i64, vld1q_s64, vdupq_n_s64, vcltq_s64, vceqq_s64, doubles);
    signs!(f32, vld1q_f32, vdupq_n_f32, vcltq_f32, vceqq_f32, words);
    signs!(f64, vld1q_f64, vdupq_n_f64, vcltq_f64, vceqq_f64, doubles);

    /// Keeps the lower half of each item, of which all bits are equal.
    macro_rules! narrowed {
        ($wide:ident $from:ty [$count:literal], $unzip:ident, $cast:ident, $narrow:ident) => {
            #[target_feature(enable = "neon")]
            fn $wide(compared: [$from; $count]) -> u64 {
                $narrow(from_fn(|i| $unzip($cast(compared[2 * i]), $cast(compared[2 * i + 1]))))
            }
        };
    }

    narrowed!(halves uint16x8_t [8], vuzp1q_u8, vreinterpretq_u8_u16, bytes);
    narrowed!(words uint32x4_t [16], vuzp1q_u16, vreinterpretq_u16_u32, halves);
    narrowed!(doubles uint64x2_t [32], vuzp1q_u32, vreinterpretq_u32_u64, words);
}
