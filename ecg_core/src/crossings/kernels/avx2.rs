//! AVX2: comparing gives all bits of a sample, of which the signs are collected.
#![expect(unsafe_code, reason = "loads take pointers")]
#![cfg_attr(not(test), expect(clippy::wildcard_imports, reason = "intrinsics have unique names"))]

use std::arch::x86_64::*;

use super::{BLOCK, Bits, Crossings, Run, kernels, take};

kernels!("avx2,bmi1,bmi2,lzcnt,popcnt": u8 by 32, i16 by 32, i32 by 8, i64 by 4, f32 by 8, f64 by 4);

mod signs {
    use super::*;

    macro_rules! integers {
        ($type:ident, $set1:ident, $greater:ident, $equal:ident, $bits:ident) => {
            #[target_feature(enable = "avx2")]
            pub(super) unsafe fn $type(samples: *const $type, level: $type) -> Bits {
                // SAFETY: the caller gives a register of samples.
                let (samples, level) = (unsafe { _mm256_loadu_si256(samples.cast()) }, $set1(level));
                Bits {
                    negative: $bits($greater(level, samples)),
                    zero: $bits($equal(level, samples)),
                    nan: 0,
                }
            }
        };
    }

    macro_rules! floats {
        ($type:ident, $set1:ident, $load:ident, $compare:ident, $bits:ident) => {
            #[target_feature(enable = "avx2")]
            pub(super) unsafe fn $type(samples: *const $type, level: $type) -> Bits {
                // SAFETY: the caller gives a register of samples.
                let (samples, level) = (unsafe { $load(samples) }, $set1(level));
                let bits = |compared| u64::from($bits(compared).cast_unsigned());
                Bits {
                    negative: bits($compare::<_CMP_LT_OQ>(samples, level)),
                    zero: bits($compare::<_CMP_EQ_OQ>(samples, level)),
                    nan: bits($compare::<_CMP_UNORD_Q>(samples, samples)),
                }
            }
        };
    }

    integers!(i32, _mm256_set1_epi32, _mm256_cmpgt_epi32, _mm256_cmpeq_epi32, fours);
    integers!(i64, _mm256_set1_epi64x, _mm256_cmpgt_epi64, _mm256_cmpeq_epi64, eights);
    floats!(f32, _mm256_set1_ps, _mm256_loadu_ps, _mm256_cmp_ps, _mm256_movemask_ps);
    floats!(f64, _mm256_set1_pd, _mm256_loadu_pd, _mm256_cmp_pd, _mm256_movemask_pd);

    /// There is no comparison of bytes without a sign; the smaller of two is one of them.
    #[target_feature(enable = "avx2")]
    pub(super) unsafe fn u8(samples: *const u8, level: u8) -> Bits {
        // SAFETY: the caller gives a register of samples.
        let samples = unsafe { _mm256_loadu_si256(samples.cast()) };
        let level = _mm256_set1_epi8(level.cast_signed());
        let zero = ones(_mm256_cmpeq_epi8(samples, level));
        let most = ones(_mm256_cmpeq_epi8(_mm256_min_epu8(samples, level), samples));
        Bits { negative: most & !zero, zero, nan: 0 }
    }

    /// Two registers at once, whose words are packed to the bytes of one.
    #[target_feature(enable = "avx2")]
    pub(super) unsafe fn i16(samples: *const i16, level: i16) -> Bits {
        // SAFETY: the caller gives two registers of samples.
        let parts = [0, 16].map(|from| unsafe { _mm256_loadu_si256(samples.add(from).cast()) });
        let level = _mm256_set1_epi16(level);
        let bits = |[low, high]: [__m256i; 2]| {
            ones(_mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_packs_epi16(low, high)))
        };
        Bits {
            negative: bits(parts.map(|part| _mm256_cmpgt_epi16(level, part))),
            zero: bits(parts.map(|part| _mm256_cmpeq_epi16(level, part))),
            nan: 0,
        }
    }

    /// One bit for each byte, of which all bits are equal.
    #[target_feature(enable = "avx2")]
    fn ones(compared: __m256i) -> u64 {
        _mm256_movemask_epi8(compared).cast_unsigned().into()
    }

    #[target_feature(enable = "avx2")]
    fn fours(compared: __m256i) -> u64 {
        _mm256_movemask_ps(_mm256_castsi256_ps(compared)).cast_unsigned().into()
    }

    #[target_feature(enable = "avx2")]
    fn eights(compared: __m256i) -> u64 {
        _mm256_movemask_pd(_mm256_castsi256_pd(compared)).cast_unsigned().into()
    }
}
