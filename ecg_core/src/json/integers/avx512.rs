//! AVX-512 with VBMI2: all integers of a window at once, each in four or eight bytes of a register.
#![expect(unsafe_code, reason = "loads and stores take pointers")]
#![cfg_attr(not(test), expect(clippy::wildcard_imports, reason = "intrinsics have unique names"))]

use super::tokens::{Bytes, Tokens};
use super::window::WINDOW;
use super::windows::{Places, Window, read_windows};
use std::arch::x86_64::*;

#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,avx512vbmi2,bmi1,bmi2,lzcnt,popcnt")]
pub(super) fn read_plain(text: &[u8], at: usize, integers: &mut Vec<i32>) -> usize {
    read_windows(
        text,
        at,
        integers,
        |window| classify(load(window)),
        |window, tokens, places| write(load(window), tokens, places),
    )
}

#[target_feature(enable = "avx512f")]
fn load(window: &Window) -> __m512i {
    // SAFETY: a window is longer than the register.
    unsafe { _mm512_loadu_si512(window.as_ptr().cast()) }
}

#[target_feature(enable = "avx512f,avx512bw")]
fn classify(window: __m512i) -> Bytes {
    let is = |byte: u8| _mm512_cmpeq_epi8_mask(window, _mm512_set1_epi8(byte.cast_signed()));
    // by its low half, a byte finds the only space that it could be
    let spaces = _mm512_broadcast_i32x4(_mm_setr_epi8(32, 0, 0, 0, 0, 0, 0, 0, 0, 9, 10, 0, 0, 13, 0, 0));
    Bytes {
        digits: _mm512_cmple_epu8_mask(digits(window), _mm512_set1_epi8(9)),
        zeros: is(b'0'),
        commas: is(b','),
        minuses: is(b'-'),
        spaces: _mm512_cmpeq_epi8_mask(window, _mm512_shuffle_epi8(spaces, window)),
    }
}

#[target_feature(enable = "avx512f,avx512bw")]
fn digits(window: __m512i) -> __m512i {
    _mm512_sub_epi8(window, _mm512_set1_epi8(b'0'.cast_signed()))
}

/// Writes the integers and anything behind them, and returns how many there are.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,avx512vbmi2,bmi2")]
fn write(window: __m512i, tokens: &Tokens, places: &mut Places) -> usize {
    let positions = table(|place| place);
    let ends = _mm512_maskz_compress_epi8(tokens.ends, positions);
    let lens = _mm512_sub_epi8(ends, _mm512_maskz_compress_epi8(tokens.starts, positions));
    let negative = _pext_u64(tokens.negative, tokens.starts);
    // four bytes for each of sixteen integers; both halves always, as real counts are around sixteen
    let halves = [table(|place| place / 4), table(|place| 16 + place / 4)];
    for (half, which) in halves.into_iter().enumerate() {
        let (end, len) = (_mm512_permutexvar_epi8(which, ends), _mm512_permutexvar_epi8(which, lens));
        let mut values = fours(window, end, len);
        if tokens.long {
            let four = _mm512_set1_epi8(4);
            let high = fours(window, _mm512_sub_epi8(end, four), _mm512_subs_epu8(len, four));
            let both = _mm512_or_si512(high, _mm512_slli_epi32::<16>(values));
            values = _mm512_madd_epi16(both, _mm512_set1_epi32(0x0001_2710));
        }
        let negative = (negative >> (16 * half) & 0xFFFF) as u16;
        let values = _mm512_mask_sub_epi32(values, negative, _mm512_setzero_si512(), values);
        // SAFETY: the places are two halves of sixteen.
        unsafe { _mm512_storeu_si512(places.as_mut_ptr().add(16 * half).cast(), values) };
    }
    tokens.starts.count_ones() as usize
}

/// The numbers of up to four digits that end before `end`, of which each integer has `len`.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
fn fours(window: __m512i, end: __m512i, len: __m512i) -> __m512i {
    let from_end = table(|place| 4 - place % 4);
    let inside = _mm512_cmpge_epu8_mask(len, from_end);
    let digits = _mm512_maskz_permutexvar_epi8(inside, _mm512_sub_epi8(end, from_end), digits(window));
    let pairs = _mm512_maddubs_epi16(digits, _mm512_set1_epi16(0x010A));
    _mm512_madd_epi16(pairs, _mm512_set1_epi32(0x0001_0064))
}

/// A register of constants.
#[target_feature(enable = "avx512f")]
fn table(byte: impl Fn(u8) -> u8) -> __m512i {
    let bytes: [u8; WINDOW] = std::array::from_fn(|place| byte(place.to_le_bytes()[0]));
    // SAFETY: the array is as long as the register.
    unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
}
