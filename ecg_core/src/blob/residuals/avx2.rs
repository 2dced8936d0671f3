//! AVX2: a block is sixteen registers.
#![expect(unsafe_code, reason = "loads and stores take pointers")]
#![cfg_attr(not(test), expect(clippy::wildcard_imports, reason = "intrinsics have unique names"))]

use std::arch::x86_64::*;
use std::array::from_fn;

use super::block::{BLOCK, Residuals, best_order, best_width, head};
use super::portable::{BIAS, cut};
use crate::blob::head::Head;

#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
pub(super) fn split(block: &[i32; BLOCK], out: &mut Residuals) -> Head {
    let order = best_order(sums(block));
    let all = match order {
        0 => zigzags::<0>(block, &mut out.low),
        1 => zigzags::<1>(block, &mut out.low),
        _ => zigzags::<2>(block, &mut out.low),
    };
    let most = (32 - all.leading_zeros()).to_le_bytes()[0];
    let exponents = exponents(&out.low);
    let count = |width| larger(exponents, width).iter().map(|half| half.count_ones()).sum::<u32>();
    let width = best_width(most, |width| count(width).to_le_bytes()[0]);
    let patches = if width < most { cut(width, larger(exponents, width), out) } else { 0 };
    head(block[0], order, most, width, patches)
}

/// Eight residuals of each order, from the sample at `at` on. Before the first there are others like it.
#[target_feature(enable = "avx2")]
#[inline]
fn residuals(block: &[i32; BLOCK], at: usize) -> [__m256i; 3] {
    // SAFETY: eight samples are as long as the register.
    let load = |at: usize| unsafe { _mm256_loadu_si256(block[at..at + 8].as_ptr().cast()) };
    let own = load(at);
    let [before1, before2] = if at > 0 {
        [load(at - 1), load(at - 2)]
    } else {
        let ahead = [_mm256_setr_epi32(0, 0, 1, 2, 3, 4, 5, 6), _mm256_setr_epi32(0, 0, 0, 1, 2, 3, 4, 5)];
        ahead.map(|places| _mm256_permutevar8x32_epi32(own, places))
    };
    let once = _mm256_sub_epi32(own, before1);
    let twice = _mm256_sub_epi32(once, _mm256_sub_epi32(before1, before2));
    [_mm256_sub_epi32(own, _mm256_set1_epi32(block[0])), once, twice]
}

/// Of each order.
#[target_feature(enable = "avx2")]
#[inline]
fn sums(block: &[i32; BLOCK]) -> [u32; 3] {
    let mut sums = [_mm256_setzero_si256(); 3];
    for at in (0..BLOCK).step_by(8) {
        for (sum, part) in sums.iter_mut().zip(residuals(block, at)) {
            *sum = _mm256_add_epi32(*sum, _mm256_abs_epi32(part));
        }
    }
    sums.map(|sum| {
        let parts = numbers(sum);
        parts.iter().fold(0_u32, |sum, part| sum.wrapping_add(part.cast_unsigned()))
    })
}

/// Makes small numbers of the residuals of either sign, and returns all their bits together.
#[target_feature(enable = "avx2")]
#[inline]
fn zigzags<const ORDER: usize>(block: &[i32; BLOCK], out: &mut [u32; BLOCK]) -> u32 {
    let mut all = _mm256_setzero_si256();
    for (at, out) in (0..).step_by(8).zip(out.as_chunks_mut::<8>().0) {
        let part = residuals(block, at)[ORDER];
        let zigzag = _mm256_xor_si256(_mm256_slli_epi32::<1>(part), _mm256_srai_epi32::<31>(part));
        // SAFETY: the chunk is as long as the register.
        unsafe { _mm256_storeu_si256(out.as_mut_ptr().cast(), zigzag) };
        all = _mm256_or_si256(all, zigzag);
    }
    numbers(all).iter().fold(0, |all, number| all | number.cast_unsigned())
}

#[target_feature(enable = "avx2")]
#[inline]
fn numbers(part: __m256i) -> [i32; 8] {
    let mut numbers = [0; 8];
    // SAFETY: the array is as long as the register.
    unsafe { _mm256_storeu_si256(numbers.as_mut_ptr().cast(), part) };
    numbers
}

/// Those of the numbers as floats, 126 more than their bits. Rounding adds 1 to few large ones.
#[target_feature(enable = "avx2")]
#[inline]
fn exponents(block: &[u32; BLOCK]) -> [__m256i; 4] {
    let order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7); // packing takes halves in turns
    from_fn(|quarter| {
        let [a, b, c, d] = [0, 8, 16, 24].map(|from| {
            // SAFETY: eight numbers are as long as the register.
            let part = unsafe { _mm256_loadu_si256(block[32 * quarter + from..][..8].as_ptr().cast()) };
            let part = _mm256_min_epu32(part, _mm256_set1_epi32(i32::MAX));
            _mm256_srli_epi32::<23>(_mm256_castps_si256(_mm256_cvtepi32_ps(part)))
        });
        let bytes = _mm256_packus_epi16(_mm256_packus_epi32(a, b), _mm256_packus_epi32(c, d));
        _mm256_permutevar8x32_epi32(bytes, order)
    })
}

/// Which numbers have more bits than a width, a bit each.
#[target_feature(enable = "avx2")]
#[inline]
fn larger(exponents: [__m256i; 4], width: u8) -> [u64; 2] {
    let most = _mm256_set1_epi8((BIAS + width).cast_signed());
    let [a, b, c, d] = exponents.map(|part| {
        let within = _mm256_cmpeq_epi8(_mm256_max_epu8(part, most), most);
        u64::from(!_mm256_movemask_epi8(within).cast_unsigned())
    });
    [a | b << 32, c | d << 32]
}

#[target_feature(enable = "avx2")]
pub(super) fn join(residuals: &[u32; BLOCK], order: u8, first: i32, samples: &mut Vec<i32>) {
    let mut sums = if order == 2 { [0, first] } else { [first, 0] }.map(|sum| _mm256_set1_epi32(sum));
    samples.reserve(BLOCK);
    for (from, out) in
        residuals.as_chunks::<8>().0.iter().zip(samples.spare_capacity_mut().as_chunks_mut::<8>().0)
    {
        // SAFETY: the chunk is as long as the register.
        let mut part = plain(unsafe { _mm256_loadu_si256(from.as_ptr().cast()) });
        match order {
            0 => part = _mm256_add_epi32(part, sums[0]),
            1 => add_up(&mut part, &mut sums[0]),
            _ => {
                add_up(&mut part, &mut sums[0]);
                add_up(&mut part, &mut sums[1]);
            }
        }
        // SAFETY: as above.
        unsafe { _mm256_storeu_si256(out.as_mut_ptr().cast(), part) };
    }
    // SAFETY: there was capacity for a block, and it is filled.
    unsafe { samples.set_len(samples.len() + BLOCK) };
}

/// The numbers behind zigzags.
#[target_feature(enable = "avx2")]
fn plain(zigzag: __m256i) -> __m256i {
    let sign = _mm256_sub_epi32(_mm256_setzero_si256(), _mm256_and_si256(zigzag, _mm256_set1_epi32(1)));
    _mm256_xor_si256(_mm256_srli_epi32::<1>(zigzag), sign)
}

/// Adds to each number all before it, and `sum`, which becomes the last of them.
#[target_feature(enable = "avx2")]
fn add_up(part: &mut __m256i, sum: &mut __m256i) {
    let mut sums = _mm256_add_epi32(*part, _mm256_slli_si256::<4>(*part));
    sums = _mm256_add_epi32(sums, _mm256_slli_si256::<8>(sums));
    let low = _mm256_permute2x128_si256::<0x08>(sums, sums);
    sums = _mm256_add_epi32(sums, _mm256_shuffle_epi32::<0xFF>(low));
    *part = _mm256_add_epi32(sums, *sum);
    *sum = _mm256_add_epi32(*sum, _mm256_permutevar8x32_epi32(sums, _mm256_set1_epi32(7)));
}
