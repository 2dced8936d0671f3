//! AVX-512: a block is eight registers.
#![expect(unsafe_code, reason = "loads and stores take pointers")]
#![cfg_attr(not(test), expect(clippy::wildcard_imports, reason = "intrinsics have unique names"))]

use std::arch::x86_64::*;
use std::array::from_fn;

use super::block::{BLOCK, Residuals, best_order, best_width, head, limit};
use crate::blob::head::Head;

type Block = [__m512i; 8];

#[target_feature(enable = "avx512f,avx512bw,bmi1,bmi2,lzcnt,popcnt")]
pub(super) fn split(block: &[i32; BLOCK], out: &mut Residuals) -> Head {
    let first = _mm512_set1_epi32(block[0]);
    let samples = load(block);
    let once = differences(&samples, first);
    let twice = differences(&once, _mm512_setzero_si512());
    let none = samples.map(|part| _mm512_sub_epi32(part, first));
    let order = best_order([sum(&none), sum(&once), sum(&twice)]);
    let residuals = match order {
        0 => none,
        1 => once,
        _ => twice,
    };
    let zigzag =
        residuals.map(|part| _mm512_xor_si512(_mm512_slli_epi32::<1>(part), _mm512_srai_epi32::<31>(part)));
    let all = zigzag.iter().fold(_mm512_setzero_si512(), |all, part| _mm512_or_si512(all, *part));
    let most = 32 - _mm512_reduce_or_epi32(all).cast_unsigned().leading_zeros();
    let most = most.to_le_bytes()[0];
    let exponents = exponents(&zigzag);
    let width = best_width(most, |width| {
        let limit = _mm512_set1_epi8((126 + width).cast_signed());
        let larger = |part| _mm512_cmpgt_epu8_mask(part, limit).count_ones();
        (larger(exponents[0]) + larger(exponents[1])).to_le_bytes()[0]
    });
    let patches = cut(width, &zigzag, out);
    head(block[0], order, most, width, patches)
}

#[target_feature(enable = "avx512f")]
#[inline]
fn load<T>(block: &[T; BLOCK]) -> Block {
    const { assert!(size_of::<T>() == 4) };
    // SAFETY: a block is eight registers long.
    from_fn(|i| unsafe { _mm512_loadu_si512(block.as_ptr().add(16 * i).cast()) })
}

/// The difference of each number to the one before.
#[target_feature(enable = "avx512f")]
#[inline]
fn differences(block: &Block, before: __m512i) -> Block {
    from_fn(|i| {
        let before = if i > 0 { block[i - 1] } else { before };
        _mm512_sub_epi32(block[i], _mm512_alignr_epi32::<15>(block[i], before))
    })
}

#[target_feature(enable = "avx512f")]
#[inline]
fn sum(block: &Block) -> u32 {
    let sums = block
        .iter()
        .fold(_mm512_setzero_si512(), |sums, &part| _mm512_add_epi32(sums, _mm512_abs_epi32(part)));
    _mm512_reduce_add_epi32(sums).cast_unsigned()
}

/// Those of the numbers as floats, 126 more than their bits, in no order. Rounding adds 1 to few large ones.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn exponents(block: &Block) -> [__m512i; 2] {
    let words = block.map(|part| _mm512_srli_epi32::<23>(_mm512_castps_si512(_mm512_cvtepu32_ps(part))));
    let halves: [_; 4] = from_fn(|i| _mm512_packus_epi32(words[2 * i], words[2 * i + 1]));
    from_fn(|i| _mm512_packus_epi16(halves[2 * i], halves[2 * i + 1]))
}

/// Stores the bits below the width, and patches of those above; returns how many.
#[target_feature(enable = "avx512f,popcnt")]
#[inline]
fn cut(width: u8, block: &Block, out: &mut Residuals) -> u8 {
    let limit = _mm512_set1_epi32(limit(width).cast_signed());
    let shift = _mm_cvtsi32_si128(width.into());
    let mut positions = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    let mut patches = 0;
    for (low, &part) in out.low.as_chunks_mut::<16>().0.iter_mut().zip(block) {
        let large = _mm512_cmpgt_epu32_mask(part, limit);
        let high = _mm512_slli_epi32::<7>(_mm512_srl_epi32(part, shift));
        let entries = _mm512_maskz_compress_epi32(large, _mm512_or_si512(high, positions));
        // SAFETY: a part is as long as the register.
        unsafe { _mm512_storeu_si512(low.as_mut_ptr().cast(), _mm512_and_si512(part, limit)) };
        // SAFETY: no width leaves more than 16 patches, and a register fits after those.
        unsafe { _mm512_storeu_si512(out.patches.as_mut_ptr().add(patches).cast(), entries) };
        patches += large.count_ones() as usize;
        positions = _mm512_add_epi32(positions, _mm512_set1_epi32(16));
    }
    patches.to_le_bytes()[0]
}

#[target_feature(enable = "avx512f")]
pub(super) fn join(residuals: &[u32; BLOCK], order: u8, first: i32, samples: &mut Vec<i32>) {
    let one = _mm512_set1_epi32(1);
    let mut parts = load(residuals).map(|part| {
        let sign = _mm512_sub_epi32(_mm512_setzero_si512(), _mm512_and_si512(part, one));
        _mm512_xor_si512(_mm512_srli_epi32::<1>(part), sign)
    });
    let first = _mm512_set1_epi32(first);
    match order {
        0 => parts = parts.map(|part| _mm512_add_epi32(part, first)),
        1 => add_up(&mut parts, first),
        _ => {
            add_up(&mut parts, _mm512_setzero_si512());
            add_up(&mut parts, first);
        }
    }
    samples.reserve(BLOCK);
    for (out, part) in samples.spare_capacity_mut().as_chunks_mut::<16>().0.iter_mut().zip(parts) {
        // SAFETY: the chunk is as long as the register.
        unsafe { _mm512_storeu_si512(out.as_mut_ptr().cast(), part) };
    }
    // SAFETY: there was capacity for a block, and it is filled.
    unsafe { samples.set_len(samples.len() + BLOCK) };
}

/// Adds to each number all before it, and `first`.
#[target_feature(enable = "avx512f")]
#[inline]
fn add_up(block: &mut Block, first: __m512i) {
    let (zero, last) = (_mm512_setzero_si512(), _mm512_set1_epi32(15));
    let mut before = first;
    for part in block {
        let mut sums = *part;
        sums = _mm512_add_epi32(sums, _mm512_alignr_epi32::<15>(sums, zero));
        sums = _mm512_add_epi32(sums, _mm512_alignr_epi32::<14>(sums, zero));
        sums = _mm512_add_epi32(sums, _mm512_alignr_epi32::<12>(sums, zero));
        sums = _mm512_add_epi32(sums, _mm512_alignr_epi32::<8>(sums, zero));
        *part = _mm512_add_epi32(sums, before);
        before = _mm512_add_epi32(before, _mm512_permutexvar_epi32(last, sums));
    }
}
