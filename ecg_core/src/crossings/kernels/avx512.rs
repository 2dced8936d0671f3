//! AVX-512: comparing gives one bit per sample.
#![expect(unsafe_code, reason = "loads take pointers")]
#![cfg_attr(not(test), expect(clippy::wildcard_imports, reason = "intrinsics have unique names"))]

use std::arch::x86_64::*;

use super::take;
use crate::crossings::Crossings;

#[target_feature(enable = "avx512f,avx512bw,bmi1,bmi2,lzcnt,popcnt")]
pub(super) fn i32(samples: &[i32], level: i32, counter: &mut Crossings) {
    let level = _mm512_set1_epi32(level);
    take(samples, counter, |block| {
        let (mut negative, mut zero) = (0, 0);
        for part in block.as_chunks::<16>().0.iter().rev() {
            // SAFETY: the part is as long as the register.
            let samples = unsafe { _mm512_loadu_si512(part.as_ptr().cast()) };
            negative = negative << 16 | u64::from(_mm512_cmplt_epi32_mask(samples, level));
            zero = zero << 16 | u64::from(_mm512_cmpeq_epi32_mask(samples, level));
        }
        (negative, zero)
    });
}

#[target_feature(enable = "avx512f,avx512bw,bmi1,bmi2,lzcnt,popcnt")]
pub(super) fn i16(samples: &[i16], level: i16, counter: &mut Crossings) {
    let level = _mm512_set1_epi16(level);
    take(samples, counter, |block| {
        let (mut negative, mut zero) = (0, 0);
        for part in block.as_chunks::<32>().0.iter().rev() {
            // SAFETY: the part is as long as the register.
            let samples = unsafe { _mm512_loadu_si512(part.as_ptr().cast()) };
            negative = negative << 32 | u64::from(_mm512_cmplt_epi16_mask(samples, level));
            zero = zero << 32 | u64::from(_mm512_cmpeq_epi16_mask(samples, level));
        }
        (negative, zero)
    });
}
