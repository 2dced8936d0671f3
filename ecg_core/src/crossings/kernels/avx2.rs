//! AVX2: comparing gives all bits of a sample, which are narrowed to a byte and then collected.
#![expect(unsafe_code, reason = "loads take pointers")]
#![cfg_attr(not(test), expect(clippy::wildcard_imports, reason = "intrinsics have unique names"))]

use std::arch::asm;
use std::arch::x86_64::*;
use std::array::from_fn;

use super::words::{Bits, Look, kernels, take_words};
use crate::bits::movemask::bits_of_bytes;
use crate::crossings::counter::Crossings;
use crate::crossings::gaps::{Gaps, Marks};
use crate::crossings::level::{Level, negative_and_zero};
use crate::crossings::run::Run;
use crate::crossings::signs::{NotANumber, Signed};
use crate::crossings::word::Word;

kernels!(
    "avx2,bmi1,bmi2,lzcnt,popcnt":
    count_u8(u8) by 32 of signs_of_u8, any_of_u8;
    count_i16(i16) by 32 of signs_of_i16, any_of_i16;
    count_i32(i32) by 32 of signs_of_i32, any_of_i32;
    count_i64(i64) by 32 of signs_of_i64, any_of_i64;
    count_f32(f32) by 32 of signs_of_f32, any_of_f32, equal_f32;
    count_f64(f64) by 32 of signs_of_f64, any_of_f64, equal_f64
);

mod signs {
    use super::*;

    /// The registers of 32 samples.
    macro_rules! loaded {
        ($samples:ident, $type:ty, $load:ident) => {{
            const EACH: usize = 32 / size_of::<$type>();
            // SAFETY: the caller gives 32 samples.
            let parts: [_; 32 / EACH] = from_fn(|part| unsafe { $load($samples.add(part * EACH).cast()) });
            parts
        }};
    }

    macro_rules! integers {
        ($signs:ident($type:ty), $set1:ident, $greater:ident, $equal:ident, $bits:ident) => {
            #[target_feature(enable = "avx2")]
            pub(super) unsafe fn $signs(samples: *const $type, level: $type) -> Bits {
                let (parts, level) = (loaded!(samples, $type, _mm256_loadu_si256), $set1(level));
                Bits {
                    negative: $bits(parts.map(|part| $greater(level, part))),
                    zero: $bits(parts.map(|part| $equal(level, part))),
                    suspect: false,
                }
            }
        };
    }

    /// One comparison finds a NaN in either of two registers.
    macro_rules! floats {
        (
            $signs:ident, $equal:ident($type:ty), $load:ident, $set1:ident, $sub:ident, $compare:ident, $or:ident, $any:ident,
            $cast:ident, $integer_set1:ident, $integer_sub:ident, $bits:ident
        ) => {
            #[target_feature(enable = "avx2")]
            pub(super) unsafe fn $equal(samples: *const $type, number: $type) -> u64 {
                let (parts, number) = (loaded!(samples, $type, $load), $set1(number));
                $bits(parts.map(|part| $cast($compare::<_CMP_EQ_OQ>(part, number))))
            }

            #[target_feature(enable = "avx2")]
            pub(super) unsafe fn $signs(samples: *const $type, level: $type) -> Bits {
                let mut parts = loaded!(samples, $type, $load);
                let pairs = parts.as_chunks::<2>().0.iter();
                let nan = pairs.fold($set1(0.0), |nan, &[a, b]| $or(nan, $compare::<_CMP_UNORD_Q>(a, b)));
                if level != 0.0 {
                    parts = parts.map(|part| $sub(part, $set1(level)));
                }
                let parts = parts.map(|part| $cast(part));
                let before = parts.map(|part| $integer_sub(part, $integer_set1(1)));
                let (negative, zero) = negative_and_zero([$bits(parts), $bits(before)]);
                Bits { negative, zero, suspect: $any(nan) != 0 }
            }
        };
    }

    /// The same place, of which the compiler does not know that it was read: it would keep all samples in registers, for
    /// which there are too few.
    #[expect(clippy::pointers_in_nomem_asm_block, reason = "nothing is read")]
    fn again<T>(mut samples: *const T) -> *const T {
        // SAFETY: nothing is done.
        unsafe { asm!("/* {} */", inout(reg) samples, options(pure, nomem, nostack, preserves_flags)) };
        samples
    }

    /// Whether one of 32 samples is equal to a number, or NaN. A mode that takes denormals for zeros finds more of them.
    macro_rules! any {
        ($($any:ident($type:ty), $load:ident, $set1:expr, $equal:expr, $or:ident, $bits:ident);*) => { $(
            #[target_feature(enable = "avx2")]
            pub(super) unsafe fn $any(samples: *const $type, number: $type) -> bool {
                let samples = again(samples);
                let (parts, number) = (loaded!(samples, $type, $load), $set1(number));
                let equal = parts.into_iter().map(|part| $equal(part, number));
                equal.reduce(|any, equal| $or(any, equal)).is_some_and(|any| $bits(any) != 0)
            }
        )* };
    }

    integers!(
        signs_of_i32(i32),
        _mm256_set1_epi32,
        _mm256_cmpgt_epi32,
        _mm256_cmpeq_epi32,
        bits_of_32_bit_lanes
    );
    integers!(
        signs_of_i64(i64),
        _mm256_set1_epi64x,
        _mm256_cmpgt_epi64,
        _mm256_cmpeq_epi64,
        bits_of_64_bit_lanes
    );
    floats!(
        signs_of_f32,
        equal_f32(f32),
        _mm256_loadu_ps,
        _mm256_set1_ps,
        _mm256_sub_ps,
        _mm256_cmp_ps,
        _mm256_or_ps,
        _mm256_movemask_ps,
        _mm256_castps_si256,
        _mm256_set1_epi32,
        _mm256_sub_epi32,
        bits_of_32_bit_lanes
    );
    floats!(
        signs_of_f64,
        equal_f64(f64),
        _mm256_loadu_pd,
        _mm256_set1_pd,
        _mm256_sub_pd,
        _mm256_cmp_pd,
        _mm256_or_pd,
        _mm256_movemask_pd,
        _mm256_castpd_si256,
        _mm256_set1_epi64x,
        _mm256_sub_epi64,
        bits_of_64_bit_lanes
    );

    any!(
        any_of_u8(u8), _mm256_loadu_si256, |number: u8| _mm256_set1_epi8(number.cast_signed()), _mm256_cmpeq_epi8, _mm256_or_si256, _mm256_movemask_epi8;
        any_of_i16(i16), _mm256_loadu_si256, _mm256_set1_epi16, _mm256_cmpeq_epi16, _mm256_or_si256, _mm256_movemask_epi8;
        any_of_i32(i32), _mm256_loadu_si256, _mm256_set1_epi32, _mm256_cmpeq_epi32, _mm256_or_si256, _mm256_movemask_epi8;
        any_of_i64(i64), _mm256_loadu_si256, _mm256_set1_epi64x, _mm256_cmpeq_epi64, _mm256_or_si256, _mm256_movemask_epi8;
        any_of_f32(f32), _mm256_loadu_ps, _mm256_set1_ps, _mm256_cmp_ps::<_CMP_EQ_UQ>, _mm256_or_ps, _mm256_movemask_ps;
        any_of_f64(f64), _mm256_loadu_pd, _mm256_set1_pd, _mm256_cmp_pd::<_CMP_EQ_UQ>, _mm256_or_pd, _mm256_movemask_pd
    );

    /// A difference that saturates keeps its sign, and so does the byte that it saturates to.
    #[target_feature(enable = "avx2")]
    pub(super) unsafe fn signs_of_i16(samples: *const i16, level: i16) -> Bits {
        let level = _mm256_set1_epi16(level);
        let [a, b] = loaded!(samples, i16, _mm256_loadu_si256).map(|part| _mm256_subs_epi16(part, level));
        let bytes = _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_packs_epi16(a, b));
        let zero = bits_of_bytes(_mm256_cmpeq_epi8(bytes, _mm256_setzero_si256()));
        Bits { negative: bits_of_bytes(bytes), zero, suspect: false }
    }

    /// There is no comparison of bytes without a sign; the smaller of two is one of them.
    #[target_feature(enable = "avx2")]
    pub(super) unsafe fn signs_of_u8(samples: *const u8, level: u8) -> Bits {
        // SAFETY: the caller gives a register of samples.
        let samples = unsafe { _mm256_loadu_si256(samples.cast()) };
        let level = _mm256_set1_epi8(level.cast_signed());
        let zero = bits_of_bytes(_mm256_cmpeq_epi8(samples, level));
        let most = bits_of_bytes(_mm256_cmpeq_epi8(_mm256_min_epu8(samples, level), samples));
        Bits { negative: most & !zero, zero, suspect: false }
    }

    #[target_feature(enable = "avx2")]
    fn bits_of_32_bit_lanes(compared: [__m256i; 4]) -> u64 {
        bits_of_bytes(narrow_to_bytes(compared))
    }

    #[target_feature(enable = "avx2")]
    fn bits_of_64_bit_lanes(compared: [__m256i; 8]) -> u64 {
        let halves = from_fn(|pair| {
            let [a, b] = [0, 1].map(|of| _mm256_castsi256_ps(compared[2 * pair + of]));
            _mm256_castps_si256(_mm256_shuffle_ps::<0b11_01_11_01>(a, b))
        });
        // each register gave two of its samples, then the other one two, then both the rest
        let order = _mm_setr_epi8(0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15);
        bits_of_bytes(_mm256_shuffle_epi8(narrow_to_bytes(halves), _mm256_broadcastsi128_si256(order)))
    }

    /// A byte for each of 32 double words. Packing takes halves in turns.
    #[target_feature(enable = "avx2")]
    fn narrow_to_bytes([a, b, c, d]: [__m256i; 4]) -> __m256i {
        let bytes = _mm256_packs_epi16(_mm256_packs_epi32(a, b), _mm256_packs_epi32(c, d));
        _mm256_permutevar8x32_epi32(bytes, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7))
    }
}
