//! From samples to one bit per sample.

use std::fmt;

use super::level::{Level, compared};

/// Samples whose signs fit one word.
pub(crate) const WORD: usize = 64;

/// A number with a sign.
pub trait Signed: Copy + Default + PartialOrd {
    /// Integers in the order of such numbers.
    #[doc(hidden)]
    type Order: Ord;

    /// The integer at the place of this number, which is not NaN; 0.0 and -0.0 are at one.
    #[doc(hidden)]
    fn order(self) -> Self::Order;

    /// Whether it is NaN, which has no sign.
    fn is_nan(self) -> bool {
        false
    }

    /// Whether it is a number that can be subtracted: neither NaN nor an infinity.
    fn is_finite(self) -> bool {
        true
    }

    /// What is known of it as a level.
    #[doc(hidden)]
    fn known(self) -> Level {
        Level::Plain
    }

    /// Whether it is the same number, which is not NaN; 0.0 and -0.0 are one.
    #[inline]
    fn equals(self, other: Self) -> bool {
        self == other
    }

    /// The samples, up to [`WORD`], below a finite level and those equal to it: a bit each.
    #[doc(hidden)]
    #[inline]
    fn signs(samples: &[Self], level: Self, _known: Level) -> (u64, u64) {
        compared(samples, level)
    }
}

/// A sample was NaN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotANumber {
    /// Its place in the samples.
    pub index: usize,
}

impl fmt::Display for NotANumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NaN at index {}", self.index)
    }
}

impl std::error::Error for NotANumber {}

#[cfg(feature = "python")]
impl NotANumber {
    /// The same error, seen from `offset` samples earlier.
    #[must_use]
    pub(crate) fn after(self, offset: usize) -> Self {
        Self { index: self.index + offset }
    }
}

/// The signs of up to [`WORD`] samples; bit i belongs to sample i, bits from `len` on are 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Signs {
    /// The sample is below zero.
    pub(super) negative: u64,
    /// The sample is zero (or -0.0).
    pub(super) zero: u64,
    /// Samples in the word.
    pub(super) len: u32,
}

impl Signs {
    /// The first signs, up to `len` of them.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "for the instructions of the kernels")]
    pub(super) fn cut(negative: u64, zero: u64, len: usize) -> Self {
        let len = u32::try_from(len.min(WORD)).unwrap_or(0);
        let signs = Self { negative, zero, len };
        Self { negative: negative & signs.filled(), zero: zero & signs.filled(), len }
    }

    /// The same, but for some that are no samples.
    pub(super) fn without(self, missing: u64) -> Self {
        Self { negative: self.negative & !missing, zero: self.zero & !missing, len: self.len }
    }

    /// One bit per sample of the word.
    pub(super) fn filled(self) -> u64 {
        u64::MAX.checked_shr(u64::BITS - self.len).unwrap_or(0)
    }
}
