//! One bit per byte of a register, in a way that the compiler does not know.
#![expect(unsafe_code, reason = "an instruction")]

use std::arch::asm;
use std::arch::x86_64::__m256i;

/// The highest bit of each byte: `_mm256_movemask_epi8`, which to the compiler is 32 comparisons. It moves them to where
/// their bits are used, and on the way there it may keep each in a register of its own.
#[inline]
#[target_feature(enable = "avx2")]
pub(crate) fn bits_of_bytes(bytes: __m256i) -> u64 {
    let bits: u64; // the instruction clears what its own half leaves out
    // SAFETY: it reads one register and writes another.
    unsafe {
        asm!(
            "vpmovmskb {:e}, {}", out(reg) bits, in(ymm_reg) bytes,
            options(pure, nomem, nostack, preserves_flags)
        );
    }
    bits
}
