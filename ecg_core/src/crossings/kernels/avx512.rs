//! AVX-512: comparing gives one bit per sample.
#![expect(unsafe_code, reason = "loads take pointers")]
#![cfg_attr(not(test), expect(clippy::wildcard_imports, reason = "intrinsics have unique names"))]

use std::arch::x86_64::*;

pub(super) use super::avx2::count_i64; // with eight to a register, collecting bits takes longer than comparing
use super::words::{Bits, kernels, take_words};
use crate::crossings::counter::Crossings;
use crate::crossings::run::Run;
use crate::crossings::signs::{NotANumber, WORD};
use crate::crossings::word::Word;

kernels!(
    "avx512f,avx512bw,bmi1,bmi2,lzcnt,popcnt":
    count_u8(u8) by 64 of signs_of_u8,
    count_i16(i16) by 32 of signs_of_i16,
    count_i32(i32) by 16 of signs_of_i32,
    count_f32(f32) by 32 of signs_of_f32,
    count_f64(f64) by 64 of signs_of_f64
);

mod signs {
    use super::*;

    macro_rules! integers {
        ($signs:ident($type:ty), $set1:expr, $less:ident, $equal:ident) => {
            #[target_feature(enable = "avx512f,avx512bw")]
            pub(super) unsafe fn $signs(samples: *const $type, level: $type) -> Bits {
                // SAFETY: the caller gives a register of samples.
                let (samples, level) = (unsafe { _mm512_loadu_si512(samples.cast()) }, $set1(level));
                Bits {
                    negative: $less(samples, level).into(),
                    zero: $equal(samples, level).into(),
                    suspect: false,
                }
            }
        };
    }

    /// Two registers at once: one comparison finds a NaN in either.
    #[target_feature(enable = "avx512f")]
    pub(super) unsafe fn signs_of_f32(samples: *const f32, level: f32) -> Bits {
        // SAFETY: the caller gives two registers of samples.
        let parts = [0, 16].map(|from| unsafe { _mm512_loadu_ps(samples.add(from)) });
        let level = _mm512_set1_ps(level);
        let [low, high] = parts.map(|part| u64::from(_mm512_cmp_ps_mask::<_CMP_LT_OQ>(part, level)));
        let [low_zero, high_zero] =
            parts.map(|part| u64::from(_mm512_cmp_ps_mask::<_CMP_EQ_OQ>(part, level)));
        Bits {
            negative: low | high << 16,
            zero: low_zero | high_zero << 16,
            suspect: _mm512_cmp_ps_mask::<_CMP_UNORD_Q>(parts[0], parts[1]) != 0,
        }
    }

    /// The upper halves of sixteen samples in one register, and their lower halves in another: a mask of
    /// eight samples would take as long to collect as one of sixteen.
    #[target_feature(enable = "avx512f")]
    pub(super) unsafe fn signs_of_f64(samples: *const f64, level: f64) -> Bits {
        let (level, none) = (_mm512_set1_pd(level), _mm512_setzero_si512());
        let lower = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
        let upper = _mm512_or_si512(lower, _mm512_set1_epi32(1));
        let (mut negative, mut zero, mut most) = (0, 0, none);
        for part in (0..WORD).step_by(16) {
            let [a, b] = [0, 8].map(|from| {
                // SAFETY: the caller gives the samples of a word.
                let samples = unsafe { _mm512_loadu_pd(samples.add(part + from)) };
                _mm512_castpd_si512(_mm512_sub_pd(samples, level))
            });
            let signs = _mm512_permutex2var_epi32(a, upper, b);
            let without = _mm512_slli_epi32::<1>(signs);
            let others = _mm512_or_si512(without, _mm512_permutex2var_epi32(a, lower, b));
            negative |= u64::from(_mm512_cmplt_epi32_mask(signs, none)) << part;
            zero |= u64::from(_mm512_cmpeq_epi32_mask(others, none)) << part;
            most = _mm512_max_epu32(most, without);
        }
        // what subtracting leaves of a NaN has all bits of the exponent, and the next one
        let suspects = _mm512_cmpge_epu32_mask(most, _mm512_set1_epi32(0xFFF0_0000_u32.cast_signed()));
        Bits { negative: negative & !zero, zero, suspect: suspects != 0 }
    }

    integers!(
        signs_of_u8(u8),
        |level: u8| _mm512_set1_epi8(level.cast_signed()),
        _mm512_cmplt_epu8_mask,
        _mm512_cmpeq_epi8_mask
    );
    integers!(signs_of_i16(i16), _mm512_set1_epi16, _mm512_cmplt_epi16_mask, _mm512_cmpeq_epi16_mask);
    integers!(signs_of_i32(i32), _mm512_set1_epi32, _mm512_cmplt_epi32_mask, _mm512_cmpeq_epi32_mask);
}
