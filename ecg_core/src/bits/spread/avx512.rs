//! AVX-512: a bit is what a byte is kept by.
#![expect(unsafe_code, reason = "stores take pointers")]
#![cfg_attr(not(test), expect(clippy::wildcard_imports, reason = "intrinsics have unique names"))]

use std::arch::x86_64::*;

#[target_feature(enable = "avx512f,avx512bw")]
pub(super) fn spread(words: &[u64], bytes: &mut [[u8; 64]]) {
    for (to, &word) in bytes.iter_mut().zip(words) {
        // SAFETY: so many bytes are stored.
        unsafe { _mm512_storeu_si512(to.as_mut_ptr().cast(), _mm512_maskz_set1_epi8(word, 1)) };
    }
}
