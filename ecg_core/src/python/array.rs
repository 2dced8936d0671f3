//! NumPy arrays, for which NumPy is imported only when one is needed.

use pyo3::exceptions::PyImportError;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyDict};

use crate::memory::OutOfMemory;

/// A new array of int64.
pub(super) fn int64<'py>(py: Python<'py>, values: &[i64], shape: &[usize]) -> PyResult<Bound<'py, PyAny>> {
    filled(py, "int64", shape, |eights| {
        eights.iter_mut().zip(values).for_each(|(eight, value)| *eight = value.to_ne_bytes());
        Ok(())
    })
}

/// A new array of items of `SIZE` bytes, which a function writes in the order of C; they are 0 before.
pub(super) fn filled<'py, const SIZE: usize>(
    py: Python<'py>,
    dtype: &str,
    shape: &[usize],
    fill: impl FnOnce(&mut [[u8; SIZE]]) -> PyResult<()>,
) -> PyResult<Bound<'py, PyAny>> {
    let numpy = numpy(py)?;
    let size = shape.iter().fold(SIZE, |size, &len| size.saturating_mul(len));
    isize::try_from(size).map_err(|_| OutOfMemory)?;
    let bytes = PyByteArray::new_with(py, size, |bytes| fill(bytes.as_chunks_mut().0))?;
    let options = PyDict::new(py);
    options.set_item("shape", shape)?;
    options.set_item("dtype", dtype)?;
    options.set_item("buffer", bytes)?;
    numpy.call_method("ndarray", (), Some(&options))
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
        let error = PyImportError::new_err("this returns a NumPy array: install ecg-core[numpy]");
        error.set_cause(py, Some(cause));
        error
    })
}
