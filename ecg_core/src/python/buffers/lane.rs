//! Numbers along an axis of a buffer, read a block at a time.
//!
//! Other threads could write to a buffer, so no Rust reference to memory of Python ever exists: it is read
//! with the GIL held, through pointers, by copying or as a [`Run`].
#![expect(unsafe_code, reason = "the buffer protocol hands out pointers")]

use std::any::TypeId;
use std::marker::PhantomData;
use std::ops::Range;

use pyo3::buffer::PyUntypedBuffer;

use super::axes::{Starts, follow};
use super::elements::Element;
use crate::bits::portable::bits;
use crate::crossings::{Run, WORD};

/// Samples of a stride that are copied in one turn of the loop.
const UNROLLED: usize = 8;

/// Equally spaced numbers in a buffer.
#[derive(Clone, Copy)]
pub(crate) struct Lane<'a, T> {
    start: *const u8,
    stride: isize,
    pub(crate) len: usize,
    /// Where its marks begin, and how far they are apart.
    marks: Option<(*const u8, isize)>,
    held: PhantomData<(&'a PyUntypedBuffer, T)>,
}

impl<'a, T: Element> Lane<'a, T> {
    /// The first lane along an axis.
    fn first(buffer: &'a PyUntypedBuffer, axis: usize) -> Self {
        assert_eq!(size_of::<T>(), buffer.item_size());
        let start = buffer.buf_ptr().cast_const().cast();
        let (stride, len) = (buffer.strides()[axis], buffer.shape()[axis]);
        Self { start, stride, len, marks: None, held: PhantomData }
    }

    /// The lanes along an axis, the last of the other axes running fastest.
    pub(crate) fn all(buffer: &'a PyUntypedBuffer, axis: usize) -> impl Iterator<Item = Self> {
        let first = Self::first(buffer, axis);
        let starts = Starts::new(buffer.shape(), buffer.strides(), axis);
        starts.map(move |offset| Self { start: first.start.wrapping_offset(offset), ..first })
    }

    /// All lanes along an axis as one, if each begins where the one before it would go on.
    pub(crate) fn joined(buffer: &'a PyUntypedBuffer, axis: usize) -> Option<Self> {
        let len = buffer.shape().iter().try_fold(1, |all: usize, &len| all.checked_mul(len))?;
        let joined = follow(buffer.shape(), buffer.strides(), axis);
        joined.then(|| Self { len, ..Self::first(buffer, axis) })
    }

    /// The same numbers, of which those are missing whose byte is not zero.
    pub(crate) fn marked(self, marks: &Lane<'a, u8>) -> Self {
        assert_eq!(self.len, marks.len);
        Self { marks: Some((marks.start, marks.stride)), ..self }
    }

    /// What marks the numbers as missing, if anything does.
    pub(crate) fn marks(&self) -> Option<Lane<'a, u8>> {
        let (start, stride) = self.marks?;
        Some(Lane { start, stride, len: self.len, marks: None, held: PhantomData })
    }

    /// Calls a function with the stretches in which all numbers are there, or all are missing, in order, and
    /// whether they are missing.
    pub(crate) fn stretches<E>(
        &self,
        mut each: impl FnMut(Range<usize>, bool) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(marks) = self.marks() else { return each(0..self.len, false) };
        marks.changes(|range, marked| if range.is_empty() { Ok(()) } else { each(range, marked) })
    }

    /// Some of the numbers.
    pub(crate) fn part(&self, range: &Range<usize>) -> Self {
        assert!(range.start <= range.end && range.end <= self.len);
        let from = |start: *const u8, stride| start.wrapping_offset(range.start.cast_signed() * stride);
        let marks = self.marks.map(|(start, stride)| (from(start, stride), stride));
        Lane { start: from(self.start, self.stride), len: range.len(), marks, ..*self }
    }

    /// The numbers where they are, if they follow each other and count as what they are.
    pub(crate) fn run(&self) -> Option<Run<'a, T::Counted>> {
        let same = TypeId::of::<T>() == TypeId::of::<T::Counted>();
        let follow = same && self.stride == size_of::<T>().cast_signed();
        // SAFETY: the buffer is alive; `len` numbers follow each other from `start` on.
        follow.then(|| unsafe { Run::new(self.start.cast(), self.len) })
    }

    /// Calls a function with the index of each block of up to `N` samples and the block.
    pub(crate) fn blocks<const N: usize, E>(
        &self,
        each: impl FnMut(usize, &[T]) -> Result<(), E>,
    ) -> Result<(), E> {
        self.blocks_of::<N, T, E>(|sample| sample, each)
    }

    /// The same with the numbers that they count as.
    pub(crate) fn counted_blocks<const N: usize, E>(
        &self,
        each: impl FnMut(usize, &[T::Counted]) -> Result<(), E>,
    ) -> Result<(), E> {
        self.blocks_of::<N, T::Counted, E>(T::counted, each)
    }

    fn blocks_of<const N: usize, U: Copy + Default, E>(
        &self,
        as_what: impl Fn(T) -> U,
        mut each: impl FnMut(usize, &[U]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut room = [U::default(); N];
        for from in (0..self.len).step_by(N) {
            let block = &mut room[..N.min(self.len - from)];
            self.copy(from, block, &as_what);
            each(from, block)?;
        }
        Ok(())
    }

    /// Fills a block with the numbers from an index on.
    pub(crate) fn copy<U>(&self, from: usize, block: &mut [U], as_what: impl Fn(T) -> U) {
        assert!(from + block.len() <= self.len);
        let start = self.start.wrapping_offset(from.cast_signed() * self.stride);
        let item = |index: usize, stride: isize| {
            let item = start.wrapping_offset(index.cast_signed() * stride).cast::<T>();
            // SAFETY: the buffer is alive; `len` samples lie `stride` bytes apart behind
            // `start`, aligned or not, and any bytes are a valid `T`.
            as_what(unsafe { item.read_unaligned() })
        };
        let dense = size_of::<T>().cast_signed(); // a constant, for which the compiler has vectors
        if self.stride == dense {
            block.iter_mut().enumerate().for_each(|(index, slot)| *slot = item(index, dense));
            return;
        }
        // The compiler does not unroll this by itself, which took twice as long.
        let (unrolled, rest) = block.split_at_mut(block.len() / UNROLLED * UNROLLED);
        for (group, slots) in unrolled.chunks_exact_mut(UNROLLED).enumerate() {
            let first = group * UNROLLED;
            slots.iter_mut().enumerate().for_each(|(index, slot)| *slot = item(first + index, self.stride));
        }
        let first = unrolled.len();
        rest.iter_mut().enumerate().for_each(|(index, slot)| *slot = item(first + index, self.stride));
    }
}

impl Lane<'_, u8> {
    /// The bytes, up to [`WORD`] from an index on, that are not zero: a bit each.
    pub(crate) fn word(&self, from: usize) -> u64 {
        let mut bytes = [0; WORD];
        self.copy(from, &mut bytes[..WORD.min(self.len - from)], |byte: u8| byte);
        bits(&bytes, |byte| byte != 0)
    }

    /// The index of the first byte that is not zero.
    pub(crate) fn first_set(&self) -> Option<usize> {
        self.changes(|range, set| if set { Err(range.start) } else { Ok(()) }).err()
    }

    /// Calls a function with the stretches in which all bytes are zero, or none, in order, and whether none is.
    fn changes<E>(&self, mut each: impl FnMut(Range<usize>, bool) -> Result<(), E>) -> Result<(), E> {
        let (mut start, mut set) = (0, false);
        self.blocks::<WORD, _>(|from, block| {
            let now = bits(block, |byte| byte != 0);
            let mut changes = (now ^ (now << 1 | u64::from(set))) & u64::MAX >> (WORD - block.len());
            while changes != 0 {
                let end = from + changes.trailing_zeros() as usize;
                each(start..end, set)?;
                (start, set) = (end, !set);
                changes &= changes - 1;
            }
            Ok(())
        })?;
        each(start..self.len, set)
    }
}
