//! AVX-512 with VBMI2: the texts of 32 samples at once, in columns of two characters; eight of them fill a register,
//! out of which the characters that are not there are taken.
#![expect(unsafe_code, reason = "loads and stores take pointers")]
#![cfg_attr(not(test), expect(clippy::wildcard_imports, reason = "intrinsics have unique names"))]

use std::arch::x86_64::*;
use std::array::from_fn;
use std::mem::MaybeUninit;

use super::portable;

/// Samples whose columns fill one register each.
const SAMPLES: usize = 32;
/// A text of no sample: it has the least byte at each place before the last digit, at that and the comma much
/// more than any, and none behind.
const LEAST: u64 = 0x00F0_F030_3030_302D;

#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,avx512vbmi2,popcnt")]
pub(super) fn write(samples: &[i32], out: &mut [MaybeUninit<u8>]) -> Option<usize> {
    let (mut at, (groups, rest)) = (0, samples.as_chunks());
    for group in groups {
        for texts in interleaved(columns(load(group)?)) {
            at += store(texts, &mut out[at..]);
        }
    }
    Some(at + portable::write(rest, &mut out[at..])?)
}

/// The samples in 16 bits, in the order that [`interleaved`] makes that of the texts; nothing if one is longer.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn load(samples: &[i32; SAMPLES]) -> Option<__m512i> {
    // SAFETY: the samples are two registers long.
    let [low, high] = from_fn(|half| unsafe { _mm512_loadu_si512(samples.as_ptr().add(16 * half).cast()) });
    let shift = |samples| _mm512_sub_epi32(samples, _mm512_set1_epi32(i16::MIN.into()));
    let bits = _mm512_or_si512(shift(low), shift(high));
    let long = _mm512_test_epi32_mask(bits, _mm512_set1_epi32(-1 << 16)) != 0;
    // in each quarter of a register two samples of each of four registers of texts, one behind the other
    let order: [u16; SAMPLES] = from_fn(|place| {
        let sample = place / 8 * 2 + place % 8 / 2 * 8 + place % 2;
        u16::from((2 * sample).to_le_bytes()[0])
    });
    // SAFETY: the array is as long as the register.
    let order = unsafe { _mm512_loadu_si512(order.as_ptr().cast()) };
    (!long).then(|| _mm512_permutex2var_epi16(low, order, high))
}

/// Sign and ten thousands, thousands and hundreds, tens and ones, and a comma.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn columns(samples: __m512i) -> [__m512i; 4] {
    let all = |word: u16| _mm512_set1_epi16(word.cast_signed());
    let rest = |whole, hundreds| _mm512_sub_epi16(whole, _mm512_mullo_epi16(hundreds, all(100)));
    let magnitudes = _mm512_abs_epi16(samples);
    // multiplied by 2^19 / 100 and 2^29 / 10,000, rounded up: exact for all of 16 bits
    let hundreds = _mm512_srli_epi16::<3>(_mm512_mulhi_epu16(magnitudes, all(5_243)));
    let highest = _mm512_srli_epi16::<13>(_mm512_mulhi_epu16(magnitudes, all(53_688)));
    let sign = _mm512_srli_epi16::<15>(samples); // makes ',' a '-'
    let sign = _mm512_or_si512(sign, all(u16::from_le_bytes(*b",0")));
    [
        _mm512_or_si512(_mm512_slli_epi16::<8>(highest), sign),
        pairs(rest(hundreds, highest)),
        pairs(rest(magnitudes, hundreds)),
        all(u16::from_le_bytes(*b",\0")),
    ]
}

/// The two digits of numbers below 100.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn pairs(numbers: __m512i) -> __m512i {
    let all = |word: u16| _mm512_set1_epi16(word.cast_signed());
    let tens = _mm512_mulhi_epu16(numbers, all(6_554)); // 2^16 / 10
    // the ones above the tens: 256 * (number - 10 * tens) + tens
    let digits = _mm512_sub_epi16(_mm512_slli_epi16::<8>(numbers), _mm512_mullo_epi16(tens, all(2_559)));
    _mm512_or_si512(digits, all(u16::from_le_bytes(*b"00")))
}

/// Texts of eight bytes, eight in each register.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn interleaved([a, b, c, d]: [__m512i; 4]) -> [__m512i; 4] {
    let [low, high] = [_mm512_unpacklo_epi16(a, b), _mm512_unpackhi_epi16(a, b)];
    let [low_end, high_end] = [_mm512_unpacklo_epi16(c, d), _mm512_unpackhi_epi16(c, d)];
    [
        _mm512_unpacklo_epi32(low, low_end),
        _mm512_unpackhi_epi32(low, low_end),
        _mm512_unpacklo_epi32(high, high_end),
        _mm512_unpackhi_epi32(high, high_end),
    ]
}

/// Stores eight texts without what is in front of their first digit but a minus, and returns the length.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,popcnt")]
#[inline]
fn store(texts: __m512i, out: &mut [MaybeUninit<u8>]) -> usize {
    // From the first digit that is not 0 on, subtracting borrows, and no byte is 0. In front of it each is, but for
    // the sign: that is 1 where there is no minus.
    let less = _mm512_sub_epi64(_mm512_set1_epi64(LEAST.cast_signed()), texts);
    let kept = _mm512_cmpneq_epi8_mask(less, _mm512_set1_epi64(1));
    let out = &mut out[..64];
    // SAFETY: 64 bytes are as long as the register.
    unsafe { _mm512_storeu_si512(out.as_mut_ptr().cast(), _mm512_maskz_compress_epi8(kept, texts)) };
    kept.count_ones() as usize
}
