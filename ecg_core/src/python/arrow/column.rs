//! The numbers of an Arrow array, with the buffer protocol.
#![expect(unsafe_code, reason = "the interface hands out pointers")]

use std::ffi::{CStr, c_int, c_void};
use std::ptr;

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::ffi;
use pyo3::prelude::*;

use super::abi::{Array, Held, Schema, malformed};
use crate::python::exporter::{self, Contiguous, Exporter};

/// A type of numbers as Arrow and as a buffer name it, and its size.
pub(super) struct Kind(&'static [u8], &'static CStr, isize);

static KINDS: [Kind; 11] = [
    Kind(b"c", c"b", 1),
    Kind(b"C", c"B", 1),
    Kind(b"s", c"h", 2),
    Kind(b"S", c"H", 2),
    Kind(b"i", c"i", 4),
    Kind(b"I", c"I", 4),
    Kind(b"l", c"q", 8),
    Kind(b"L", c"Q", 8),
    Kind(b"e", c"e", 2),
    Kind(b"f", c"f", 4),
    Kind(b"g", c"d", 8),
];

impl Kind {
    pub(super) fn of(schema: &Schema) -> PyResult<&'static Self> {
        if schema.format.is_null() {
            return Err(malformed("it has no format"));
        }
        // SAFETY: the format is text that ends in a NUL, and is only used here.
        let name = unsafe { CStr::from_ptr(schema.format) };
        let plain = schema.dictionary.is_null();
        KINDS.iter().find(|kind| plain && kind.0 == name.to_bytes()).ok_or_else(|| {
            let dictionary = if plain { "" } else { " with a dictionary" };
            let instead = if name == c"b" { ": bits are not read, cast it to uint8" } else { "" };
            let what = format!("an Arrow array of format {name:?}{dictionary}");
            PyTypeError::new_err(format!("{what} is not supported{instead}"))
        })
    }

    pub(super) fn size(&self) -> usize {
        self.2.cast_unsigned()
    }
}

/// Keeps numbers where they are; nobody looks at it.
#[expect(dead_code, reason = "it is dropped in its time")]
pub(super) enum Owner {
    Array(Held<Array>),
    Copy(Vec<u8>),
}

/// The numbers of an Arrow array, with the buffer protocol.
#[pyclass(frozen, module = "ecg_core")]
pub(super) struct Column {
    pub(super) kind: &'static Kind,
    pub(super) start: usize, // an address, which threads may share
    pub(super) len: isize,
    pub(super) _owner: Owner,
}

impl Column {
    /// The numbers of a part of an array.
    pub(super) fn of(kind: &'static Kind, part: &Array, array: Held<Array>) -> PyResult<Self> {
        let (start, len) = numbers(part, kind, 0)?;
        Ok(Self {
            kind,
            start: start.expose_provenance(),
            len: len.cast_signed(),
            _owner: Owner::Array(array),
        })
    }
}

/// Where an array has its numbers, and how many; `before` are those of the arrays before it.
pub(super) fn numbers(array: &Array, kind: &Kind, before: usize) -> PyResult<(*const u8, usize)> {
    let whole = |value: i64| usize::try_from(value).map_err(|_| malformed("a negative length or offset"));
    let (len, offset) = (whole(array.length)?, whole(array.offset)?);
    let end = len.checked_add(offset).and_then(|end| end.checked_mul(kind.size()));
    end.filter(|&end| isize::try_from(end).is_ok()).ok_or_else(|| malformed("a length beyond memory"))?;
    if array.n_buffers != 2 || array.buffers.is_null() {
        return Err(malformed("numbers have two buffers"));
    }
    // SAFETY: so many pointers are there.
    let [validity, start] = unsafe { array.buffers.cast::<[*const u8; 2]>().read() };
    if array.null_count > 0 && validity.is_null() || len > 0 && start.is_null() {
        return Err(malformed("a buffer is missing"));
    }
    if array.null_count != 0
        && !validity.is_null()
        && let Some(index) = (0..len).find(|index| !bit(validity, offset + index))
    {
        return Err(PyValueError::new_err(format!("null at index {}", before + index)));
    }
    Ok(if len == 0 { (ptr::dangling(), 0) } else { (start.wrapping_add(offset * kind.size()), len) })
}

pub(super) fn bit(bits: *const u8, index: usize) -> bool {
    // SAFETY: the array has a bit for each number, and is held.
    let byte = unsafe { bits.add(index / 8).read() };
    byte >> (index % 8) & 1 == 1
}

impl Exporter for Column {
    fn exported(&self) -> Contiguous<'_> {
        let start = ptr::with_exposed_provenance::<c_void>(self.start);
        Contiguous { start, len: &self.len, format: self.kind.1, size: &self.kind.2 }
    }
}

#[pymethods]
impl Column {
    unsafe fn __getbuffer__(slf: Bound<'_, Self>, view: *mut ffi::Py_buffer, flags: c_int) -> PyResult<()> {
        let filled = exporter::view(slf, flags)?;
        // SAFETY: CPython passes a view to fill.
        unsafe { view.write(filled) };
        Ok(())
    }
}
