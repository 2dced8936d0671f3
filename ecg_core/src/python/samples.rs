//! Samples from what Python has: buffers of integers and iterables of ints.

use pyo3::buffer::PyUntypedBuffer;
use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBool;

use super::arrow;
use super::buffers::View;
use super::elements::{Element, Format};
use crate::memory::{Room, collected};
use crate::signal::Signal;

/// Samples that are copied together.
const CHUNK: usize = 64;

/// The samples of a buffer of integers.
pub(super) fn buffered(object: &Bound<'_, PyAny>) -> PyResult<Signal> {
    let (py, view) = (object.py(), View::of(object)?);
    let samples = match view.format {
        Format::I8 => fitting::<i8>(py, &view),
        Format::I16 => fitting::<i16>(py, &view),
        Format::I32 => fitting::<i32>(py, &view),
        Format::I64 => fitting::<i64>(py, &view),
        Format::U8 => fitting::<u8>(py, &view),
        Format::U16 => fitting::<u16>(py, &view),
        Format::U32 => fitting::<u32>(py, &view),
        Format::U64 => fitting::<u64>(py, &view),
        Format::Bool | Format::F16 | Format::F32 | Format::F64 => Err(view.refused()),
    };
    Ok(Signal::try_new(samples?)?)
}

/// The samples of a buffer of integers or an iterable of ints.
pub(super) fn any(object: &Bound<'_, PyAny>) -> PyResult<Signal> {
    let object = &arrow::readable(object)?;
    if PyUntypedBuffer::get(object).is_ok() {
        return buffered(object);
    }
    let items = object.try_iter()?.enumerate();
    Ok(Signal::try_new(collected(items.map(|(index, item)| integer(index, &item?)))?)?)
}

fn fitting<T: Element + TryInto<i32>>(py: Python<'_>, view: &View) -> PyResult<Vec<i32>> {
    let lane = view.only_lane::<T>(py)?;
    let mut samples = Vec::with_room(lane.len)?;
    lane.blocks::<CHUNK, _>(|from, block| {
        for (index, &sample) in block.iter().enumerate() {
            samples.push(sample.try_into().map_err(|_| beyond(from + index))?);
        }
        Ok::<_, PyErr>(())
    })?;
    Ok(samples)
}

fn integer(index: usize, item: &Bound<'_, PyAny>) -> PyResult<i32> {
    let other = || PyTypeError::new_err(format!("the sample at index {index} is not an integer"));
    if item.is_instance_of::<PyBool>() {
        return Err(other());
    }
    let too_large = |error: &PyErr| error.is_instance_of::<PyOverflowError>(item.py());
    item.extract().map_err(|error: PyErr| if too_large(&error) { beyond(index) } else { other() })
}

fn beyond(index: usize) -> PyErr {
    PyValueError::new_err(format!("the sample at index {index} does not fit 32 bits"))
}
