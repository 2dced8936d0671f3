//! AVX2: comparing gives all bits of a sample, of which the signs are collected.
#![expect(unsafe_code, reason = "loads take pointers")]
#![cfg_attr(not(test), expect(clippy::wildcard_imports, reason = "intrinsics have unique names"))]

use std::arch::x86_64::*;

use super::take;
use crate::crossings::Crossings;

#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
pub(super) fn i32(samples: &[i32], level: i32, counter: &mut Crossings) {
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
}

#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
pub(super) fn i16(samples: &[i16], level: i16, counter: &mut Crossings) {
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
}

/// One bit for each of 32 words of which all bits are equal.
#[target_feature(enable = "avx2")]
fn signs(low: __m256i, high: __m256i) -> u64 {
    let bytes = _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_packs_epi16(low, high));
    u64::from(_mm256_movemask_epi8(bytes).cast_unsigned())
}
