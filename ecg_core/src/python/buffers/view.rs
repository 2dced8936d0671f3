//! Python buffers of numbers, of any shape and stride.

use pyo3::buffer::PyUntypedBuffer;
use pyo3::exceptions::{PyBufferError, PyTypeError, PyValueError};
use pyo3::prelude::*;

use super::axes::{no_number, position};
use super::elements::{Element, Format};
use super::lane::Lane;
use crate::python::inputs::arrow;
use crate::python::inputs::masked;

const NO_DIMENSION: &str = "expected an array of at least one dimension";

/// A buffer of numbers in the byte order of this machine.
pub(crate) struct View {
    buffer: PyUntypedBuffer,
    /// A byte for each number, which is not zero where it is missing.
    marks: Option<PyUntypedBuffer>,
    pub(crate) format: Format,
}

impl View {
    /// The numbers of something that has a buffer; masked and null ones are an error unless there may be `gaps`.
    pub(crate) fn of_owner(owner: &Bound<'_, PyAny>, gaps: bool) -> PyResult<Self> {
        let buffer = PyUntypedBuffer::get(owner).map_err(|error| without_shape(owner.py(), error))?;
        Self::of(buffer, owner, gaps)
    }

    /// The numbers of the buffer that an object has.
    pub(crate) fn of(buffer: PyUntypedBuffer, owner: &Bound<'_, PyAny>, gaps: bool) -> PyResult<Self> {
        let py = owner.py();
        if buffer.suboffsets().is_some() || buffer.dimensions() == 0 {
            return Err(PyTypeError::new_err(NO_DIMENSION));
        }
        let format = format(&buffer.format().to_string_lossy(), buffer.item_size())?;
        let (kind, marks) = match arrow::nulls(owner) {
            Some(nulls) => ("null", Some(nulls.into_any())),
            None => ("masked", masked::mask(owner)?),
        };
        let marks = marks.map(|marks| marks_of(&marks, buffer.shape())).transpose()?;
        let view = Self { buffer, marks, format };
        match view.marked().filter(|_| !gaps) {
            Some(position) => Err(no_number(py, kind, &position)),
            None => Ok(view),
        }
    }

    /// Whether they lie in Fortran's order and no other, so that the order of memory is that of all axes reversed.
    pub(crate) fn is_reversed(&self) -> bool {
        self.buffer.is_fortran_contiguous() && !self.buffer.is_c_contiguous()
    }

    /// Whether numbers may be marked as missing.
    pub(crate) fn has_marks(&self) -> bool {
        self.marks.is_some()
    }

    /// The position of the first number that is missing.
    fn marked(&self) -> Option<Vec<usize>> {
        let (shape, axis) = (self.shape(), self.shape().len() - 1);
        let mut lanes = Lane::<u8>::all(self.marks.as_ref()?, axis).enumerate();
        let (index, at) = lanes.find_map(|(index, marks)| Some((index, marks.first_set()?)))?;
        let mut position = position(shape, axis, index);
        position[axis] = at;
        Some(position)
    }

    /// The error of a caller that takes integers only.
    pub(crate) fn no_integers(&self) -> PyErr {
        let (kind, instead) = match self.format {
            Format::Bool => ("bool", "astype('int8')"),
            _ => ("floats", "numpy.rint(samples).astype('int32')"),
        };
        let format = self.buffer.format();
        PyTypeError::new_err(format!(
            "samples of {kind} (format {format:?}) are no integers: convert them, as {instead} does"
        ))
    }

    pub(crate) fn shape(&self) -> &[usize] {
        self.buffer.shape()
    }

    /// The only lane of a buffer of one dimension.
    pub(crate) fn only_lane<T: Element>(&self, py: Python<'_>) -> PyResult<Lane<'_, T>> {
        match self.shape() {
            [_] => self.lanes(py, 0).next().ok_or_else(|| PyValueError::new_err(NO_DIMENSION)),
            shape => Err(PyValueError::new_err(format!("expected 1 dimension, got {}", shape.len()))),
        }
    }

    /// The lanes along an axis, the last of the other axes running fastest. The GIL is held for as long as `_py`
    /// lives; the caller reads the lanes within that.
    pub(crate) fn lanes<T: Element>(
        &self,
        _py: Python<'_>,
        axis: usize,
    ) -> impl Iterator<Item = Lane<'_, T>> {
        let mut marks = self.marks.as_ref().map(|marks| Lane::all(marks, axis));
        Lane::all(&self.buffer, axis).map(move |lane| match marks.as_mut().and_then(Iterator::next) {
            Some(marks) => lane.marked(&marks),
            None => lane,
        })
    }

    /// All lanes along an axis as one, if each begins where the one before it would go on, and so do their marks.
    pub(crate) fn joined_lanes<T: Element>(&self, _py: Python<'_>, axis: usize) -> Option<Lane<'_, T>> {
        let lanes = Lane::joined(&self.buffer, axis)?;
        match &self.marks {
            Some(marks) => Lane::joined(marks, axis).map(|marks| lanes.marked(&marks)),
            None => Some(lanes),
        }
    }
}

/// The buffer of a byte for each number of an array of this shape.
fn marks_of(marks: &Bound<'_, PyAny>, shape: &[usize]) -> PyResult<PyUntypedBuffer> {
    let buffer = PyUntypedBuffer::get(marks)?;
    if buffer.shape() == shape && buffer.item_size() == 1 && buffer.suboffsets().is_none() {
        return Ok(buffer);
    }
    Err(PyTypeError::new_err("a mask must be an array of bool in the shape of what it masks"))
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

/// What formats of the `struct` module and of NumPy mean, by their first letter.
const OTHERS: [(char, &str); 10] = [
    ('O', "objects"),
    ('g', "long doubles"),
    ('Z', "complex numbers"),
    ('F', "complex numbers"),
    ('D', "complex numbers"),
    ('w', "text"),
    ('s', "text"),
    ('c', "characters"),
    ('T', "records"),
    ('P', "pointers"),
];

fn refused(format: &str) -> PyErr {
    let letter = format.chars().find(char::is_ascii_alphabetic);
    let known = OTHERS.iter().find(|(known, _)| Some(*known) == letter);
    let what = known.map_or("an unknown kind", |(_, what)| what);
    let instead = "are not counted: convert them to integers or floats, as astype('float64') does";
    PyTypeError::new_err(format!("samples of {what} (format {format:?}) {instead}"))
}

fn without_shape(py: Python<'_>, error: PyErr) -> PyErr {
    if error.is_instance_of::<PyBufferError>(py) { PyTypeError::new_err(NO_DIMENSION) } else { error }
}
