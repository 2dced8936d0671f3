//! NumPy arrays, for which NumPy is imported only when one is needed.
#![expect(unsafe_code, reason = "NumPy hands out pointers to its arrays")]

use pyo3::buffer::{Element, PyBuffer};
use pyo3::exceptions::{PyBufferError, PyImportError};
use pyo3::prelude::*;

use crate::memory::OutOfMemory;

/// A new array of a type as large as `T`, of which a function writes the bits, all 0 before, in the order of C.
pub(super) fn filled<'py, T: Element>(
    py: Python<'py>,
    dtype: &str,
    shape: &[usize],
    fill: impl FnOnce(&mut [T]) -> PyResult<()>,
) -> PyResult<Bound<'py, PyAny>> {
    made(py, ("zeros", dtype), shape, fill)
}

/// The same where the function writes all of them: what they are before is not said, and takes no time.
pub(super) fn written<'py, T: Element>(
    py: Python<'py>,
    dtype: &str,
    shape: &[usize],
    write: impl FnOnce(&mut [T]) -> PyResult<()>,
) -> PyResult<Bound<'py, PyAny>> {
    made(py, ("empty", dtype), shape, write)
}

fn made<'py, T: Element>(
    py: Python<'py>,
    (by, dtype): (&str, &str),
    shape: &[usize],
    write: impl FnOnce(&mut [T]) -> PyResult<()>,
) -> PyResult<Bound<'py, PyAny>> {
    let size = shape.iter().fold(size_of::<T>(), |size, &len| size.saturating_mul(len));
    isize::try_from(size).map_err(|_| OutOfMemory)?; // NumPy would say ValueError
    let unsigned = format!("u{}", size_of::<T>());
    let array = numpy(py)?.call_method1(by, (shape, unsigned))?;
    let buffer = PyBuffer::<T>::get(&array)?;
    let items = buffer.as_slice_ptr().filter(|_| !buffer.readonly());
    let mut items = items.ok_or_else(|| PyBufferError::new_err("NumPy's new array cannot be written to"))?;
    // SAFETY: the buffer keeps the numbers where they are, and nobody else knows of the new array.
    write(unsafe { items.as_mut() })?;
    array.call_method1("view", (dtype,))
}

/// An array whose last axis is moved to this place, without a copy.
pub(super) fn with_last_axis_at<'py>(array: &Bound<'py, PyAny>, axis: usize) -> PyResult<Bound<'py, PyAny>> {
    if axis + 1 == array.getattr("ndim")?.extract::<usize>()? {
        return Ok(array.clone());
    }
    numpy(array.py())?.call_method1("moveaxis", (array, -1, axis))
}

/// A row of int64 for each True: its index along every axis.
pub(super) fn argwhere<'py>(mask: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    numpy(mask.py())?.call_method1("argwhere", (mask,))
}

/// The module, or an error that says how to install it.
pub(super) fn numpy(py: Python<'_>) -> PyResult<Bound<'_, PyModule>> {
    py.import("numpy").map_err(|cause| {
        let error = PyImportError::new_err("this needs NumPy: install ecg-core[numpy]");
        error.set_cause(py, Some(cause));
        error
    })
}
