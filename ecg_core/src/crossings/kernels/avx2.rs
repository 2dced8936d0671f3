//! AVX2: comparing gives all bits of a sample, of which the signs are collected.
#![expect(unsafe_code, reason = "loads take pointers")]
#![cfg_attr(not(test), expect(clippy::wildcard_imports, reason = "intrinsics have unique names"))]

use std::arch::x86_64::*;

use super::take;
use crate::crossings::Crossings;

#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
pub(super) fn i32(samples: &[i32], level: i32, counter: &mut Crossings) -> bool {
    let level = _mm256_set1_epi32(level);
    let signs = |compared| u64::from(_mm256_movemask_ps(_mm256_castsi256_ps(compared)).cast_unsigned());
    take(samples, counter, |block| {
        let (mut negative, mut zero) = (0, 0);
        for part in block.as_chunks::<8>().0.iter().rev() {
            // SAFETY: the part is as long as the register.
            let samples = unsafe { _mm256_loadu_si256(part.as_ptr().cast()) };
            negative = negative << 8 | signs(_mm256_cmpgt_epi32(level, samples));
            zero = zero << 8 | signs(_mm256_cmpeq_epi32(level, samples));
        }
        (negative, zero)
    });
    true
}

#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
pub(super) fn i16(samples: &[i16], level: i16, counter: &mut Crossings) -> bool {
    let level = _mm256_set1_epi16(level);
    take(samples, counter, |block| {
        let (mut negative, mut zero) = (0, 0);
        for part in block.as_chunks::<32>().0.iter().rev() {
            let [low, high] = [0, 16].map(|from| {
                // SAFETY: sixteen samples of the part are as long as the register.
                unsafe { _mm256_loadu_si256(part[from..from + 16].as_ptr().cast()) }
            });
            negative =
                negative << 32 | signs(_mm256_cmpgt_epi16(level, low), _mm256_cmpgt_epi16(level, high));
            zero = zero << 32 | signs(_mm256_cmpeq_epi16(level, low), _mm256_cmpeq_epi16(level, high));
        }
        (negative, zero)
    });
    true
}

macro_rules! float {
    ($type:ident, $per_register:literal, $set1:ident, $load:ident, $compare:ident, $signs:ident) => {
        /// Counts unless a sample is NaN.
        #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
        pub(super) fn $type(samples: &[$type], level: $type, counter: &mut Crossings) -> bool {
            let (level, mut nan, mut counted) = ($set1(level), 0, counter.clone());
            take(samples, &mut counted, |block| {
                let (mut negative, mut zero) = (0, 0);
                for part in block.as_chunks::<$per_register>().0.iter().rev() {
                    // SAFETY: the part is as long as the register.
                    let samples = unsafe { $load(part.as_ptr()) };
                    let signs = |compared| u64::from($signs(compared).cast_unsigned());
                    negative = negative << $per_register | signs($compare::<_CMP_LT_OQ>(samples, level));
                    zero = zero << $per_register | signs($compare::<_CMP_EQ_OQ>(samples, level));
                    nan |= $signs($compare::<_CMP_UNORD_Q>(samples, level));
                }
                (negative, zero)
            });
            if nan == 0 {
                *counter = counted;
            }
            nan == 0
        }
    };
}

float!(f32, 8, _mm256_set1_ps, _mm256_loadu_ps, _mm256_cmp_ps, _mm256_movemask_ps);
float!(f64, 4, _mm256_set1_pd, _mm256_loadu_pd, _mm256_cmp_pd, _mm256_movemask_pd);

/// One bit for each of 32 words of which all bits are equal.
#[target_feature(enable = "avx2")]
fn signs(low: __m256i, high: __m256i) -> u64 {
    let bytes = _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_packs_epi16(low, high));
    u64::from(_mm256_movemask_epi8(bytes).cast_unsigned())
}
