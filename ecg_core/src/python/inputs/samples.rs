//! Samples from what Python has: buffers of integers and iterables of ints.

use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBool;

use super::numbers;
use super::together;
use crate::memory::{Room, collected};
use crate::python::buffers::elements::{Element, Format};
use crate::python::buffers::view::View;
use crate::python::errors::class;
use crate::signal::Signal;

/// Samples that are copied together.
const CHUNK: usize = 64;

/// The samples of a buffer of integers, with `missing` for each that is null or masked.
fn buffered(object: &Bound<'_, PyAny>, missing: Option<i32>) -> PyResult<Signal> {
    let (py, view) = (object.py(), View::of_owner(object, missing.is_some())?);
    let samples = match view.format {
        Format::I8 => fitting::<i8>(py, &view, missing),
        Format::I16 => fitting::<i16>(py, &view, missing),
        Format::I32 => fitting::<i32>(py, &view, missing),
        Format::I64 => fitting::<i64>(py, &view, missing),
        Format::U8 => fitting::<u8>(py, &view, missing),
        Format::U16 => fitting::<u16>(py, &view, missing),
        Format::U32 => fitting::<u32>(py, &view, missing),
        Format::U64 => fitting::<u64>(py, &view, missing),
        Format::Bool | Format::F16 | Format::F32 | Format::F64 => Err(view.no_integers()),
    };
    Ok(Signal::try_new(samples?)?)
}

/// The samples of whatever has integers, together, as in [`buffered`], or one by one.
pub(crate) fn any(object: &Bound<'_, PyAny>, missing: Option<i32>) -> PyResult<Signal> {
    if let Some(together) = together::together(object)? {
        return buffered(&together, missing);
    }
    let items = numbers::iterator(object)?.enumerate();
    Ok(Signal::try_new(collected(items.map(|(index, item)| integer(index, &item?)))?)?)
}

fn fitting<T: Element + TryInto<i32>>(
    py: Python<'_>,
    view: &View,
    missing: Option<i32>,
) -> PyResult<Vec<i32>> {
    let lane = view.only_lane::<T>(py)?;
    let mut samples = Vec::with_room(lane.len)?;
    lane.stretches(|range, marked| {
        if marked {
            samples.resize(range.end, missing.unwrap_or_default());
            return Ok(());
        }
        lane.part(&range).blocks::<CHUNK, _>(|from, block| {
            // Two loops, for the second has vectors, and the first is none for what always fits.
            let fits = |&sample: &T| TryInto::<i32>::try_into(sample).is_ok();
            if let Some(index) = block.iter().position(|sample| !fits(sample)) {
                return Err(beyond(range.start + from + index));
            }
            samples.extend(block.iter().map(|&sample| sample.try_into().unwrap_or_default()));
            Ok(())
        })
    })?;
    Ok(samples)
}

fn integer(index: usize, item: &Bound<'_, PyAny>) -> PyResult<i32> {
    let other = || PyTypeError::new_err(format!("the sample at index {index} is not an integer"));
    if item.is_instance_of::<PyBool>() {
        return Err(other());
    }
    item.extract().map_err(|error: PyErr| match error {
        error if error.is_instance_of::<PyTypeError>(item.py()) => {
            if together::is_row(item) {
                row(index, item)
            } else {
                other()
            }
        }
        error if error.is_instance_of::<PyOverflowError>(item.py()) => beyond(index),
        error => error, // of its own code
    })
}

fn row(index: usize, item: &Bound<'_, PyAny>) -> PyErr {
    let class = class(item);
    PyValueError::new_err(format!(
        "expected 1 dimension, but the sample at index {index} is a {class} of samples"
    ))
}

fn beyond(index: usize) -> PyErr {
    PyValueError::new_err(format!("the sample at index {index} does not fit 32 bits"))
}
