//! The numbers of an Arrow array, with the buffer protocol.
#![expect(unsafe_code, reason = "the interface hands out pointers")]

use std::ffi::{CStr, c_int, c_void};
use std::ptr;

use pyo3::exceptions::PyTypeError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::abi::{Array, Held, Schema, malformed};
use crate::memory::Room;
use crate::python::buffers::exporter::{self, Contiguous, Exporter};
use crate::python::memory::bytes;

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
            let instead = if name == c"b" {
                "bits are not read, cast it to uint8"
            } else {
                "cast it to integers or floats"
            };
            let what = format!("an Arrow array of format {name:?}{dictionary}");
            PyTypeError::new_err(format!("{what} is not supported: {instead}"))
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
    /// A byte for each number, 1 where it is null, if one is.
    pub(super) nulls: Option<Py<PyBytes>>,
    pub(super) _owner: Owner,
}

impl Column {
    /// The numbers of a part of an array.
    pub(super) fn of(py: Python<'_>, kind: &'static Kind, part: &Part, array: Held<Array>) -> PyResult<Self> {
        let (start, len) = numbers(&part.numbers, kind)?;
        let nulls = part.nulls(len)?.map(|nulls| bytes(py, &nulls)).transpose()?.map(Bound::unbind);
        let (start, len) = (start.expose_provenance(), len.cast_signed());
        Ok(Self { kind, start, len, nulls, _owner: Owner::Array(array) })
    }
}

/// Where an array has its numbers, and how many.
pub(super) fn numbers(array: &Array, kind: &Kind) -> PyResult<(*const u8, usize)> {
    let (len, offset) = (whole(array.length)?, whole(array.offset)?);
    let end = len.checked_add(offset).and_then(|end| end.checked_mul(kind.size()));
    end.filter(|&end| isize::try_from(end).is_ok()).ok_or_else(|| malformed("a length beyond memory"))?;
    let [validity, start] = buffers(array)?;
    if array.null_count > 0 && validity.is_null() || len > 0 && start.is_null() {
        return Err(malformed("a buffer is missing"));
    }
    Ok(if len == 0 { (ptr::dangling(), 0) } else { (start.wrapping_add(offset * kind.size()), len) })
}

/// The numbers of an array, in itself or in its only column.
pub(super) struct Part {
    /// It is not to be released.
    pub(super) numbers: Array,
    /// The bits of the rows that are there, and the first of them, unless all are.
    pub(super) rows: Option<(*const u8, usize)>,
}

impl Part {
    /// A byte for each of `len` numbers that [`numbers`] looked at, 1 where it or its row is null, if one is.
    pub(super) fn nulls(&self, len: usize) -> PyResult<Option<Vec<u8>>> {
        let ([validity, _], offset) = (buffers(&self.numbers)?, whole(self.numbers.offset)?);
        let column = (self.numbers.null_count != 0 && !validity.is_null()).then_some((validity, offset));
        let null = |index: usize| {
            let bitmaps = [column, self.rows];
            bitmaps.iter().flatten().any(|(validity, start)| !bit(*validity, start + index))
        };
        if column.is_none() && self.rows.is_none() || !(0..len).any(null) {
            return Ok(None);
        }
        let mut nulls = Vec::with_room(len)?;
        nulls.extend((0..len).map(|index| u8::from(null(index))));
        Ok(Some(nulls))
    }
}

fn whole(value: i64) -> PyResult<usize> {
    usize::try_from(value).map_err(|_| malformed("a negative length or offset"))
}

fn buffers(array: &Array) -> PyResult<[*const u8; 2]> {
    if array.n_buffers != 2 || array.buffers.is_null() {
        return Err(malformed("numbers have two buffers"));
    }
    // SAFETY: so many pointers are there.
    Ok(unsafe { array.buffers.cast::<[*const u8; 2]>().read() })
}

fn bit(bits: *const u8, index: usize) -> bool {
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
    /// What a memoryview says, which tells numbers of 8 bits from bytes.
    #[getter]
    fn format(&self) -> Option<&'static str> {
        self.kind.1.to_str().ok()
    }

    unsafe fn __getbuffer__(slf: Bound<'_, Self>, view: *mut ffi::Py_buffer, flags: c_int) -> PyResult<()> {
        let filled = exporter::view(slf, flags)?;
        // SAFETY: CPython passes a view to fill.
        unsafe { view.write(filled) };
        Ok(())
    }
}
