//! Samples in memory, also in memory that is not ours.
#![expect(unsafe_code, reason = "memory of Python is read through pointers")]

use std::marker::PhantomData;

use super::signs::WORD;

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

    /// Where the samples of each full word begin; [`WORD`] samples are readable there.
    pub(super) fn words(self) -> impl Iterator<Item = *const T> {
        (0..self.len / WORD).map(move |word| self.start.wrapping_add(word * WORD))
    }

    /// The samples of each full word, copied.
    pub(super) fn copies(self) -> impl Iterator<Item = [T; WORD]> {
        // SAFETY: so many samples are readable there.
        self.words().map(|start| unsafe { start.cast::<[T; WORD]>().read_unaligned() })
    }

    /// The samples behind the last full word, with others behind them, and how many they are.
    pub(super) fn rest(self) -> ([T; WORD], usize) {
        let (mut samples, len) = ([T::default(); WORD], self.len % WORD);
        let start = self.start.wrapping_add(self.len - len).cast::<u8>();
        // SAFETY: `len` samples are there, and the array has room for more.
        unsafe { start.copy_to_nonoverlapping(samples.as_mut_ptr().cast(), len * size_of::<T>()) };
        (samples, len)
    }
}
