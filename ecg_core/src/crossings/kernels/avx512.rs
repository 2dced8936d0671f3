//! AVX-512: comparing gives one bit per sample.
#![expect(unsafe_code, reason = "loads take pointers")]
#![cfg_attr(not(test), expect(clippy::wildcard_imports, reason = "intrinsics have unique names"))]

use std::arch::x86_64::*;

use super::take;
use crate::crossings::Crossings;

#[target_feature(enable = "avx512f,avx512bw,bmi1,bmi2,lzcnt,popcnt")]
pub(super) fn i32(samples: &[i32], level: i32, counter: &mut Crossings) -> bool {
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
    true
}

#[target_feature(enable = "avx512f,avx512bw,bmi1,bmi2,lzcnt,popcnt")]
pub(super) fn i16(samples: &[i16], level: i16, counter: &mut Crossings) -> bool {
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
    true
}

macro_rules! float {
    ($type:ident, $per_register:literal, $set1:ident, $load:ident, $compare:ident) => {
        /// Counts unless a sample is NaN.
        #[target_feature(enable = "avx512f,avx512bw,bmi1,bmi2,lzcnt,popcnt")]
        pub(super) fn $type(samples: &[$type], level: $type, counter: &mut Crossings) -> bool {
            let (level, mut nan, mut counted) = ($set1(level), 0, counter.clone());
            take(samples, &mut counted, |block| {
                let (mut negative, mut zero) = (0, 0);
                for part in block.as_chunks::<$per_register>().0.iter().rev() {
                    // SAFETY: the part is as long as the register.
                    let samples = unsafe { $load(part.as_ptr()) };
                    negative = negative << $per_register | u64::from($compare::<_CMP_LT_OQ>(samples, level));
                    zero = zero << $per_register | u64::from($compare::<_CMP_EQ_OQ>(samples, level));
                    nan |= $compare::<_CMP_UNORD_Q>(samples, level);
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

float!(f32, 16, _mm512_set1_ps, _mm512_loadu_ps, _mm512_cmp_ps_mask);
float!(f64, 8, _mm512_set1_pd, _mm512_loadu_pd, _mm512_cmp_pd_mask);
