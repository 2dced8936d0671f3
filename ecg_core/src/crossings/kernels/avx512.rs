//! AVX-512: comparing gives one bit per sample.
#![expect(unsafe_code, reason = "loads take pointers")]
#![cfg_attr(not(test), expect(clippy::wildcard_imports, reason = "intrinsics have unique names"))]

use std::arch::x86_64::*;

pub(super) use super::avx2::i64; // with eight to a register, collecting bits takes longer than comparing
use super::{BLOCK, Bits, Crossings, Run, kernels, take};

kernels!("avx512f,avx512bw,bmi1,bmi2,lzcnt,popcnt": u8 by 64, i16 by 32, i32 by 16, f32 by 32, f64 by 16);

mod signs {
    use super::*;

    macro_rules! integers {
        ($type:ident, $set1:expr, $less:ident, $equal:ident) => {
            #[target_feature(enable = "avx512f,avx512bw")]
            pub(super) unsafe fn $type(samples: *const $type, level: $type) -> Bits {
                // SAFETY: the caller gives a register of samples.
                let (samples, level) = (unsafe { _mm512_loadu_si512(samples.cast()) }, $set1(level));
                Bits { negative: $less(samples, level).into(), zero: $equal(samples, level).into(), nan: 0 }
            }
        };
    }

    /// Two registers at once: one comparison finds a NaN in either.
    macro_rules! floats {
        ($type:ident, $per_register:literal, $set1:ident, $load:ident, $compare:ident) => {
            #[target_feature(enable = "avx512f")]
            pub(super) unsafe fn $type(samples: *const $type, level: $type) -> Bits {
                // SAFETY: the caller gives two registers of samples.
                let parts = [0, $per_register].map(|from| unsafe { $load(samples.add(from)) });
                let level = $set1(level);
                let [low, high] = parts.map(|part| u64::from($compare::<_CMP_LT_OQ>(part, level)));
                let [low_zero, high_zero] = parts.map(|part| u64::from($compare::<_CMP_EQ_OQ>(part, level)));
                Bits {
                    negative: low | high << $per_register,
                    zero: low_zero | high_zero << $per_register,
                    nan: $compare::<_CMP_UNORD_Q>(parts[0], parts[1]).into(),
                }
            }
        };
    }

    integers!(
        u8,
        |level: u8| _mm512_set1_epi8(level.cast_signed()),
        _mm512_cmplt_epu8_mask,
        _mm512_cmpeq_epi8_mask
    );
    integers!(i16, _mm512_set1_epi16, _mm512_cmplt_epi16_mask, _mm512_cmpeq_epi16_mask);
    integers!(i32, _mm512_set1_epi32, _mm512_cmplt_epi32_mask, _mm512_cmpeq_epi32_mask);
    floats!(f32, 16, _mm512_set1_ps, _mm512_loadu_ps, _mm512_cmp_ps_mask);
    floats!(f64, 8, _mm512_set1_pd, _mm512_loadu_pd, _mm512_cmp_pd_mask);
}
