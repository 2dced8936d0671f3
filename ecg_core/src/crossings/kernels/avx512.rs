//! AVX-512: comparing gives one bit per sample.
#![expect(unsafe_code, reason = "loads take pointers")]
#![cfg_attr(not(test), expect(clippy::wildcard_imports, reason = "intrinsics have unique names"))]

use std::arch::x86_64::*;
use std::array::from_fn;

pub(super) use super::avx2::count_i64; // with eight to a register, collecting bits takes longer than comparing
use super::words::{Bits, Look, kernels, take_words};
use crate::crossings::counter::Crossings;
use crate::crossings::gaps::{Gaps, Marks};
use crate::crossings::level::{Level, negative_and_zero};
use crate::crossings::run::Run;
use crate::crossings::signs::{NotANumber, Signed, WORD};
use crate::crossings::word::Word;

kernels!(
    "avx512f,avx512bw,avx512vbmi,avx512vbmi2,gfni,bmi1,bmi2,lzcnt,popcnt":
    count_u8(u8) by 64 of signs_of_u8, any_of_u8;
    count_i16(i16) by 32 of signs_of_i16, any_of_i16;
    count_i32(i32) by 16 of signs_of_i32, any_of_i32;
    count_f32(f32) by 64 of signs_of_f32, any_of_f32, equal_f32;
    count_f64(f64) by 64 of signs_of_f64, any_of_f64, equal_f64
);

mod signs {
    use super::*;

    macro_rules! integers {
        ($signs:ident, $any:ident($type:ty), $set1:expr, $less:ident, $equal:ident) => {
            /// Whether one of the samples is equal to a number.
            #[target_feature(enable = "avx512f,avx512bw")]
            pub(super) unsafe fn $any(samples: *const $type, number: $type) -> bool {
                // SAFETY: the caller gives a register of samples.
                $equal(unsafe { _mm512_loadu_si512(samples.cast()) }, $set1(number)) != 0
            }

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

    /// One comparison finds a NaN in either of two registers. The sign bits of the differences are collected in one
    /// way, those of the integers before them in another.
    macro_rules! floats {
        (
            $signs:ident, $any:ident, $equal:ident($type:ty), $load:ident, $set1:ident, $sub:ident, $compare:ident, $cast:ident,
            $integer_set1:ident, $integer_sub:ident, [$bits:ident, $bits_before:ident]
        ) => {
            /// Whether one of the samples is equal to a number, or NaN. A mode that takes denormals for zeros finds
            /// more of them.
            #[target_feature(enable = "avx512f")]
            pub(super) unsafe fn $any(samples: *const $type, number: $type) -> bool {
                const EACH: usize = 64 / size_of::<$type>();
                // SAFETY: the caller gives the samples of a word.
                let parts: [_; WORD / EACH] = from_fn(|part| unsafe { $load(samples.add(part * EACH)) });
                let number = $set1(number);
                let other =
                    parts.iter().fold(!0, |other, &part| $compare::<_CMP_NEQ_OQ>(other, part, number));
                other != !0
            }

            /// Which of the samples are equal to a number.
            #[target_feature(enable = "avx512f")]
            pub(super) unsafe fn $equal(samples: *const $type, number: $type) -> u64 {
                const EACH: usize = 64 / size_of::<$type>();
                let number = $set1(number);
                (0..WORD).step_by(EACH).fold(0, |bits, from| {
                    // SAFETY: the caller gives the samples of a word.
                    let equal = $compare::<_CMP_EQ_OQ>(!0, unsafe { $load(samples.add(from)) }, number);
                    bits | u64::from(equal) << from
                })
            }

            #[target_feature(enable = "avx512f,avx512bw,avx512vbmi,avx512vbmi2,gfni")]
            pub(super) unsafe fn $signs(samples: *const $type, level: $type) -> Bits {
                const EACH: usize = 64 / size_of::<$type>();
                // SAFETY: the caller gives the samples of a word.
                let mut parts: [_; WORD / EACH] = from_fn(|part| unsafe { $load(samples.add(part * EACH)) });
                let pairs = parts.as_chunks::<2>().0.iter();
                let good = pairs.fold(!0, |good, &[a, b]| $compare::<_CMP_ORD_Q>(good, a, b));
                if level != 0.0 {
                    parts = parts.map(|part| $sub(part, $set1(level)));
                }
                let parts = parts.map(|part| $cast(part));
                let before = parts.map(|part| $integer_sub(part, $integer_set1(1)));
                let (negative, zero) = negative_and_zero([$bits(&parts), $bits_before(&before)]);
                Bits { negative, zero, suspect: good != !0 }
            }
        };
    }

    floats!(
        signs_of_f32,
        any_of_f32,
        equal_f32(f32),
        _mm512_loadu_ps,
        _mm512_set1_ps,
        _mm512_sub_ps,
        _mm512_mask_cmp_ps_mask,
        _mm512_castps_si512,
        _mm512_set1_epi32,
        _mm512_sub_epi32,
        [packed_32_bit_lanes, packed_32_bit_lanes]
    );
    floats!(
        signs_of_f64,
        any_of_f64,
        equal_f64(f64),
        _mm512_loadu_pd,
        _mm512_set1_pd,
        _mm512_sub_pd,
        _mm512_mask_cmp_pd_mask,
        _mm512_castpd_si512,
        _mm512_set1_epi64,
        _mm512_sub_epi64,
        [packed_64_bit_lanes, shifted_64_bit_lanes] // units of the processor that work at once
    );

    /// The sign bits, which packing keeps. It takes quarters in turns.
    #[target_feature(enable = "avx512f,avx512bw")]
    fn packed_32_bit_lanes(parts: &[__m512i; 4]) -> u64 {
        let order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
        _mm512_movepi8_mask(_mm512_permutexvar_epi32(order, narrow_to_bytes(parts)))
    }

    #[target_feature(enable = "avx512f,avx512bw")]
    fn packed_64_bit_lanes(parts: &[__m512i; 8]) -> u64 {
        let halves = from_fn(|pair| {
            let [a, b] = [0, 1].map(|of| _mm512_castsi512_ps(parts[2 * pair + of]));
            _mm512_castps_si512(_mm512_shuffle_ps::<0b11_01_11_01>(a, b))
        });
        // each quarter has two samples of each register
        let order = _mm512_cvtepu8_epi16(_mm256_setr_epi8(
            0, 8, 16, 24, 1, 9, 17, 25, 2, 10, 18, 26, 3, 11, 19, 27, 4, 12, 20, 28, 5, 13, 21, 29, 6, 14,
            22, 30, 7, 15, 23, 31,
        ));
        _mm512_movepi8_mask(_mm512_permutexvar_epi16(order, narrow_to_bytes(&halves)))
    }

    #[target_feature(enable = "avx512f,avx512bw")]
    fn narrow_to_bytes(&[a, b, c, d]: &[__m512i; 4]) -> __m512i {
        _mm512_packs_epi16(_mm512_packs_epi32(a, b), _mm512_packs_epi32(c, d))
    }

    /// The sign bits, of the lanes at one place shifted into one byte. Eight such bytes are a matrix to transpose.
    #[target_feature(enable = "avx512f,avx512vbmi,avx512vbmi2,gfni")]
    fn shifted_64_bit_lanes(parts: &[__m512i; 8]) -> u64 {
        let bits = parts
            .iter()
            .rev()
            .fold(_mm512_setzero_si512(), |bits, &part| _mm512_shldi_epi64::<1>(bits, part));
        let last_to_first = _mm512_castsi128_si512(_mm_set1_epi64x(0x0008_1018_2028_3038));
        let bytes = _mm512_castsi512_si128(_mm512_permutexvar_epi8(last_to_first, bits));
        let each = _mm_set1_epi64x(0x8040_2010_0804_0201_u64.cast_signed());
        _mm_cvtsi128_si64(_mm_gf2p8affine_epi64_epi8::<0>(each, bytes)).cast_unsigned()
    }

    integers!(
        signs_of_u8,
        any_of_u8(u8),
        |level: u8| _mm512_set1_epi8(level.cast_signed()),
        _mm512_cmplt_epu8_mask,
        _mm512_cmpeq_epi8_mask
    );
    integers!(
        signs_of_i16,
        any_of_i16(i16),
        _mm512_set1_epi16,
        _mm512_cmplt_epi16_mask,
        _mm512_cmpeq_epi16_mask
    );
    integers!(
        signs_of_i32,
        any_of_i32(i32),
        _mm512_set1_epi32,
        _mm512_cmplt_epi32_mask,
        _mm512_cmpeq_epi32_mask
    );
}
