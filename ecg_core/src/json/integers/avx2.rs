//! AVX2 with BMI2: the digits of each integer come through a general register, eight integers are
//! then converted together.
#![expect(unsafe_code, reason = "loads and stores take pointers")]
#![cfg_attr(not(test), expect(clippy::wildcard_imports, reason = "intrinsics have unique names"))]

use std::arch::x86_64::*;

use super::tokens::{Bytes, Tokens};
use super::windows::{Places, Window, read_windows};

#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
pub(super) fn read_plain(text: &[u8], at: usize, integers: &mut Vec<i32>) -> usize {
    read_windows(
        text,
        at,
        integers,
        |window| classify(window),
        |window, tokens, places| write(window, tokens, places),
    )
}

#[target_feature(enable = "avx2")]
fn classify(window: &Window) -> Bytes {
    let halves = [0, 32].map(|start| {
        // SAFETY: 32 bytes are as long as the register.
        unsafe { _mm256_loadu_si256(window[start..start + 32].as_ptr().cast()) }
    });
    let is = |byte: u8| {
        bits_of_64_bytes(halves.map(|part| _mm256_cmpeq_epi8(part, _mm256_set1_epi8(byte.cast_signed()))))
    };
    // by its low half, a byte finds the only space that it could be
    let spaces = _mm_setr_epi8(32, 0, 0, 0, 0, 0, 0, 0, 0, 9, 10, 0, 0, 13, 0, 0);
    let spaces = _mm256_broadcastsi128_si256(spaces);
    Bytes {
        digits: bits_of_64_bytes(halves.map(|part| are_digits(part))),
        zeros: is(b'0'),
        commas: is(b','),
        minuses: is(b'-'),
        spaces: bits_of_64_bytes(
            halves.map(|part| _mm256_cmpeq_epi8(part, _mm256_shuffle_epi8(spaces, part))),
        ),
    }
}

#[target_feature(enable = "avx2")]
fn are_digits(bytes: __m256i) -> __m256i {
    let digits = _mm256_sub_epi8(bytes, _mm256_set1_epi8(b'0'.cast_signed()));
    _mm256_cmpeq_epi8(_mm256_min_epu8(digits, _mm256_set1_epi8(9)), digits)
}

#[target_feature(enable = "avx2")]
fn bits_of_64_bytes([low, high]: [__m256i; 2]) -> u64 {
    let half = |compared| u64::from(_mm256_movemask_epi8(compared).cast_unsigned());
    half(low) | half(high) << 32
}

/// Writes the integers and anything behind them, and returns how many there are.
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
fn write(window: &Window, tokens: &Tokens, places: &mut Places) -> usize {
    let count = tokens.starts.count_ones() as usize;
    let mut negative = _pext_u64(tokens.negative, tokens.starts);
    let (mut starts, mut ends) = (tokens.starts, tokens.ends);
    let mut next = || {
        let (start, end) = (starts.trailing_zeros(), ends.trailing_zeros());
        (starts, ends) = (_blsr_u64(starts), _blsr_u64(ends));
        // SAFETY: `start` is at most 64, which leaves eight bytes.
        let digits = unsafe { window.as_ptr().add(start as usize).cast::<u64>().read_unaligned() };
        digits.wrapping_shl(start.wrapping_sub(end) << 3).cast_signed()
    };
    for eight in places.as_chunks_mut::<8>().0.iter_mut().take(count.div_ceil(8)) {
        let mut pair = || {
            let first = _mm_cvtsi64_si128(next());
            _mm_insert_epi64::<1>(first, next())
        };
        let values = signed(values([pair(), pair(), pair(), pair()]), negative);
        negative >>= 8;
        // SAFETY: eight places are as long as the register.
        unsafe { _mm256_storeu_si256(eight.as_mut_ptr().cast(), values) };
    }
    count
}

/// The values of digits that end at the end of each of eight words, behind zeros.
#[target_feature(enable = "avx2")]
fn values(pairs: [__m128i; 4]) -> __m256i {
    // packing takes halves in turns
    let [low, high] = [0, 1].map(|pair| {
        let words = _mm256_set_m128i(pairs[pair + 2], pairs[pair]);
        let digits = _mm256_subs_epu8(words, _mm256_set1_epi8(b'0'.cast_signed()));
        let pairs = _mm256_maddubs_epi16(digits, _mm256_set1_epi16(0x010A));
        _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x0001_0064))
    });
    _mm256_madd_epi16(_mm256_packus_epi32(low, high), _mm256_set1_epi32(0x0001_2710))
}

/// The values, negated where one of the lowest eight bits is set.
#[target_feature(enable = "avx2")]
fn signed(values: __m256i, negative: u64) -> __m256i {
    let each = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
    let bits = _mm256_and_si256(_mm256_set1_epi32((negative & 0xFF) as i32), each);
    let signs = _mm256_cmpeq_epi32(bits, each);
    _mm256_sub_epi32(_mm256_xor_si256(values, signs), signs)
}
