//! From samples to one bit per sample.

use std::fmt;

use super::level::{Level, compared};
use crate::bits::portable::bits;

/// Samples whose signs fit one word.
pub(crate) const WORD: usize = 64;

/// A number with a sign.
pub trait Signed: Copy + Default + PartialOrd {
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

impl NotANumber {
    /// The same error, seen from `offset` samples earlier.
    #[must_use]
    pub(crate) fn after(self, offset: usize) -> Self {
        Self { index: self.index + offset }
    }
}

/// The signs of up to [`WORD`] samples; bit i belongs to sample i, bits from `len` on are 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Signs {
    /// The sample is below zero.
    pub(super) negative: u64,
    /// The sample is zero (or -0.0).
    pub(super) zero: u64,
    /// Samples in the word.
    pub(super) len: u32,
}

impl Signs {
    /// Reads the first [`WORD`] samples, if there are so many, as if `level`, which is finite, had been subtracted.
    ///
    /// # Errors
    /// [`NotANumber`] with the index of the first NaN.
    #[inline]
    pub(super) fn of<T: Signed>(samples: &[T], level: T, known: Level) -> Result<Self, NotANumber> {
        match bits(samples, T::is_nan) {
            0 => {
                let (negative, zero) = T::signs(samples, level, known);
                Ok(Self::cut(negative, zero, samples.len()))
            }
            nan => Err(NotANumber { index: nan.trailing_zeros() as usize }),
        }
    }

    /// The first signs, up to `len` of them.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "for the instructions of the kernels")]
    pub(super) fn cut(negative: u64, zero: u64, len: usize) -> Self {
        let len = u32::try_from(len.min(WORD)).unwrap_or(0);
        let signs = Self { negative, zero, len };
        Self { negative: negative & signs.filled(), zero: zero & signs.filled(), len }
    }

    /// One bit per sample of the word.
    pub(super) fn filled(self) -> u64 {
        u64::MAX.checked_shr(u64::BITS - self.len).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_follow_the_samples() {
        for len in 0..=WORD + 1 {
            let samples: Vec<i32> = [-1, 1, 0, 0, -1].into_iter().cycle().take(len).collect();
            let signs = Signs::of(&samples, 0, Level::Plain).unwrap();
            for (i, sample) in samples.iter().take(WORD).enumerate() {
                assert_eq!(signs.negative >> i & 1 == 1, *sample < 0);
                assert_eq!(signs.zero >> i & 1 == 1, *sample == 0);
            }
            assert_eq!(signs.filled().count_ones() as usize, len.min(WORD));
        }
    }

    #[test]
    fn minus_zero_is_zero() {
        assert_eq!(Signs::of(&[-0.0], 0.0, Level::Zero).unwrap(), Signs { negative: 0, zero: 1, len: 1 });
    }
}
