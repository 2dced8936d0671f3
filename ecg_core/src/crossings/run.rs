//! Samples in memory, also in memory that is not ours.
#![expect(unsafe_code, reason = "memory of Python is read through pointers")]

use std::marker::PhantomData;
use std::ops::Range;

use super::signs::WORD;
use crate::bits::portable::bits;

/// Samples that follow each other in memory, aligned or not.
///
/// Others may write to them meanwhile, as threads may to an array of Python. So no reference to them is made, and
/// nothing but a count depends on what is read.
#[derive(Clone, Copy)]
pub struct Run<'a, T> {
    start: *const T,
    len: usize,
    held: PhantomData<&'a [T]>,
}

impl<'a, T> From<&'a [T]> for Run<'a, T> {
    fn from(samples: &'a [T]) -> Self {
        Self { start: samples.as_ptr(), len: samples.len(), held: PhantomData }
    }
}

impl<T: Copy + Default> Run<'_, T> {
    /// `len` samples from `start` on.
    ///
    /// # Safety
    /// They must stay readable for the lifetime, and any bytes must be a valid `T`.
    pub unsafe fn new(start: *const T, len: usize) -> Self {
        Self { start, len, held: PhantomData }
    }

    pub(super) fn len(self) -> usize {
        self.len
    }

    /// Some of them.
    pub(super) fn part(self, range: Range<usize>) -> Self {
        assert!(range.start <= range.end && range.end <= self.len);
        Self { start: self.start.wrapping_add(range.start), len: range.len(), held: PhantomData }
    }

    /// How many of them, from the first on, pass a test.
    pub(super) fn leading(self, test: impl Fn(T) -> bool) -> usize {
        let mut passed = 0;
        while passed < self.len {
            let (word, len) = self.part(passed..self.len.min(passed + WORD)).word();
            let pass = bits(&word[..len], &test).trailing_ones() as usize;
            passed += pass;
            if pass < WORD {
                break;
            }
        }
        passed
    }

    /// Where the samples of each full word begin; [`WORD`] samples are readable there.
    pub(super) fn words(self) -> impl Iterator<Item = *const T> {
        (0..self.len / WORD).map(move |word| self.start.wrapping_add(word * WORD))
    }

    /// The samples behind the last full word, as [`Self::word`].
    pub(super) fn rest(self) -> ([T; WORD], usize) {
        self.part(self.len - self.len % WORD..self.len).word()
    }

    /// At most [`WORD`] samples, with others behind them, and how many they are.
    pub(super) fn word(self) -> ([T; WORD], usize) {
        assert!(self.len <= WORD);
        let mut samples = [T::default(); WORD];
        let (from, to) = (self.start.cast::<u8>(), samples.as_mut_ptr().cast());
        // SAFETY: so many samples are there, and the array has room for more.
        unsafe { from.copy_to_nonoverlapping(to, self.len * size_of::<T>()) };
        (samples, self.len)
    }
}
