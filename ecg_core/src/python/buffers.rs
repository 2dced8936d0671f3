//! Python buffers of any shape and stride, read a block at a time.
//!
//! Other threads could write to a buffer, so no Rust reference to memory of Python ever exists: it is read
//! with the GIL held, through pointers, by copying or as a [`Run`].
#![expect(unsafe_code, reason = "the buffer protocol hands out pointers")]

use std::any::TypeId;
use std::marker::PhantomData;

use pyo3::buffer::PyUntypedBuffer;
use pyo3::exceptions::{PyBufferError, PyTypeError, PyValueError};
use pyo3::prelude::*;

use super::axes::{Starts, follow, no_number, position};
use super::elements::{Element, Format};
use super::{inputs, masked};
use crate::crossings::Run;

const NO_DIMENSION: &str = "expected an array of at least one dimension";

/// A buffer of numbers in the byte order of this machine.
pub(super) struct View {
    buffer: PyUntypedBuffer,
    pub(super) format: Format,
}

impl View {
    pub(super) fn of(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        let (buffer, owner) = inputs::buffer(object).map_err(|error| without_shape(object.py(), error))?;
        if buffer.suboffsets().is_some() || buffer.dimensions() == 0 {
            return Err(PyTypeError::new_err(NO_DIMENSION));
        }
        let format = format(&buffer.format().to_string_lossy(), buffer.item_size())?;
        if let Some(index) = masked::first(&owner)? {
            let shape = buffer.shape();
            return Err(no_number(object.py(), "masked", &position(shape, shape.len(), index)));
        }
        Ok(Self { buffer, format })
    }

    /// The error of a buffer of other things than the caller wants.
    pub(super) fn refused(&self) -> PyErr {
        refused(&self.buffer.format().to_string_lossy())
    }

    pub(super) fn shape(&self) -> &[usize] {
        self.buffer.shape()
    }

    /// The only lane of a buffer of one dimension.
    pub(super) fn only_lane<T: Element>(&self, py: Python<'_>) -> PyResult<Lane<'_, T>> {
        match self.shape() {
            [_] => Ok(self.first_lane(py, 0)),
            shape => Err(PyValueError::new_err(format!("expected 1 dimension, got {}", shape.len()))),
        }
    }

    /// The lanes along an axis, the last of the other axes running fastest.
    pub(super) fn lanes<T: Element>(&self, py: Python<'_>, axis: usize) -> impl Iterator<Item = Lane<'_, T>> {
        let first = self.first_lane::<T>(py, axis);
        let starts = Starts::new(self.shape(), self.buffer.strides(), axis);
        starts.map(move |offset| Lane { start: first.start.wrapping_offset(offset), ..first })
    }

    /// All lanes along an axis as one, if each begins where the one before it would go on.
    pub(super) fn joined_lanes<T: Element>(&self, py: Python<'_>, axis: usize) -> Option<Lane<'_, T>> {
        let len = self.shape().iter().try_fold(1, |all: usize, &len| all.checked_mul(len))?;
        follow(self.shape(), self.buffer.strides(), axis).then(|| Lane { len, ..self.first_lane(py, axis) })
    }

    /// The GIL is held for as long as `_py` lives; the caller reads the lane within that.
    fn first_lane<T: Element>(&self, _py: Python<'_>, axis: usize) -> Lane<'_, T> {
        assert_eq!(size_of::<T>(), self.buffer.item_size());
        let start = self.buffer.buf_ptr().cast_const().cast();
        Lane { start, stride: self.buffer.strides()[axis], len: self.shape()[axis], held: PhantomData }
    }
}

/// Equally spaced numbers in a buffer.
#[derive(Clone, Copy)]
pub(super) struct Lane<'a, T> {
    start: *const u8,
    stride: isize,
    pub(super) len: usize,
    held: PhantomData<(&'a View, T)>,
}

impl<T: Element> Lane<'_, T> {
    /// The numbers where they are, if they follow each other and count as what they are.
    pub(super) fn run(&self) -> Option<Run<'_, T::Counted>> {
        let same = TypeId::of::<T>() == TypeId::of::<T::Counted>();
        let follow = same && self.stride == size_of::<T>().cast_signed();
        // SAFETY: the view keeps the buffer alive; `len` numbers follow each other from `start` on.
        follow.then(|| unsafe { Run::new(self.start.cast(), self.len) })
    }

    /// Calls a function with the index of each block of up to `N` samples and the block.
    pub(super) fn blocks<const N: usize, E>(
        &self,
        each: impl FnMut(usize, &[T]) -> Result<(), E>,
    ) -> Result<(), E> {
        self.blocks_of::<N, T, E>(|sample| sample, each)
    }

    /// The same with the numbers that they count as.
    pub(super) fn counted_blocks<const N: usize, E>(
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

    fn copy<U>(&self, from: usize, block: &mut [U], as_what: impl Fn(T) -> U) {
        assert!(from + block.len() <= self.len);
        let start = self.start.wrapping_offset(from.cast_signed() * self.stride);
        let mut each = |stride: isize| {
            for (index, slot) in block.iter_mut().enumerate() {
                let item = start.wrapping_offset(index.cast_signed() * stride).cast::<T>();
                // SAFETY: the view keeps the buffer alive; `len` samples lie `stride` bytes apart behind
                // `start`, aligned or not, and any bytes are a valid `T`.
                *slot = as_what(unsafe { item.read_unaligned() });
            }
        };
        let dense = size_of::<T>().cast_signed(); // a constant, for which the compiler has vectors
        if self.stride == dense { each(dense) } else { each(self.stride) }
    }
}

/// The numbers behind a format of the `struct` module.
fn format(name: &str, size: usize) -> PyResult<Format> {
    let foreign = if cfg!(target_endian = "little") { ['>', '!'] } else { ['<', '<'] };
    if size > 1 && name.starts_with(foreign) {
        let order = "has the byte order of other machines: swap its bytes first, with byteswap";
        return Err(PyTypeError::new_err(format!("a buffer of format {name:?} {order}")));
    }
    Ok(match (name.trim_start_matches(['@', '=', '<', '>', '!']), size) {
        ("?", 1) => Format::Bool,
        ("b", 1) => Format::I8,
        ("h", 2) => Format::I16,
        ("i" | "l" | "q" | "n", 4) => Format::I32,
        ("i" | "l" | "q" | "n", 8) => Format::I64,
        ("B", 1) => Format::U8,
        ("H", 2) => Format::U16,
        ("I" | "L" | "Q" | "N", 4) => Format::U32,
        ("I" | "L" | "Q" | "N", 8) => Format::U64,
        ("e", 2) => Format::F16,
        ("f", 4) => Format::F32,
        ("d", 8) => Format::F64,
        _ => return Err(refused(name)),
    })
}

fn refused(format: &str) -> PyErr {
    PyTypeError::new_err(format!("a buffer of format {format:?} is not supported"))
}

fn without_shape(py: Python<'_>, error: PyErr) -> PyErr {
    if error.is_instance_of::<PyBufferError>(py) { PyTypeError::new_err(NO_DIMENSION) } else { error }
}
