//! Readers of plain integers, 64 bytes at a time. What is plain, they read; where anything else
//! begins, they stop, at the beginning of an element.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod near;
#[cfg(target_arch = "aarch64")]
mod neon;
mod tokens;

use crate::isa::{Isa, Kind};

/// Bytes that are looked at together.
const WINDOW: usize = 64;
/// The most integers in them: each needs a digit and a comma.
pub(super) const MOST: usize = WINDOW / 2;

/// Reads integers from `at` on, where an element begins, and returns where the first unread one begins. It
/// stops too when there is no room for [`MOST`] more.
#[expect(unsafe_code, reason = "the machine must have the instructions")]
pub(super) fn many(isa: Isa, text: &[u8], at: usize, integers: &mut Vec<i32>) -> usize {
    match isa.kind() {
        // SAFETY: an `Isa` comes from detecting its instructions.
        #[cfg(target_arch = "x86_64")]
        Kind::Avx512 => unsafe { avx512::many(text, at, integers) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Kind::Avx2 => unsafe { avx2::many(text, at, integers) },
        // SAFETY: as above.
        #[cfg(target_arch = "aarch64")]
        Kind::Neon => unsafe { neon::many(text, at, integers) },
        Kind::Scalar => at,
    }
}
