//! AVX2: each byte keeps its bit of the eight that it gets.
#![expect(unsafe_code, reason = "stores take pointers")]
#![cfg_attr(not(test), expect(clippy::wildcard_imports, reason = "intrinsics have unique names"))]

use std::arch::x86_64::*;

#[target_feature(enable = "avx2")]
pub(super) fn spread(words: &[u64], bytes: &mut [[u8; 64]]) {
    let eights = _mm256_setr_epi64x(0, EACH, 2 * EACH, 3 * EACH);
    let (four, bit, one) = (_mm256_set1_epi8(4), _mm256_set1_epi64x(BIT), _mm256_set1_epi8(1));
    for (to, &word) in bytes.iter_mut().zip(words) {
        let word = _mm256_set1_epi64x(word.cast_signed());
        for (half, which) in [eights, _mm256_add_epi8(eights, four)].into_iter().enumerate() {
            let bits = _mm256_and_si256(_mm256_shuffle_epi8(word, which), bit);
            // SAFETY: the bytes are two halves of 32.
            unsafe {
                _mm256_storeu_si256(to.as_mut_ptr().add(32 * half).cast(), _mm256_min_epu8(bits, one));
            }
        }
    }
}

const EACH: i64 = 0x0101_0101_0101_0101;
const BIT: i64 = 0x8040_2010_0804_0201_u64.cast_signed();
