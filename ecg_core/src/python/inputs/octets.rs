//! Bytes to read, from whatever has some.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyBytes, PyMemoryView, PyString};

use crate::python::errors::class;

/// The bytes of an object: `bytes` where they are, others in a copy, for somebody may write to them.
pub(crate) fn octets(object: &Bound<'_, PyAny>) -> PyResult<PyBackedBytes> {
    match object.cast::<PyBytes>() {
        Ok(bytes) => Ok(bytes.clone().into()),
        Err(_) => Ok(copy(object)?.into()),
    }
}

fn copy<'py>(object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    let view = PyMemoryView::from(object).map_err(|error| without_buffer(object, error))?;
    let format: String = view.getattr("format")?.extract()?;
    if !matches!(format.trim_start_matches(['@', '=', '<', '>', '!']), "B" | "b" | "c") {
        return Err(PyTypeError::new_err(format!("expected bytes, got a buffer of format {format:?}")));
    }
    Ok(view.call_method0("tobytes")?.cast_into()?)
}

fn without_buffer(object: &Bound<'_, PyAny>, error: PyErr) -> PyErr {
    if !error.is_instance_of::<PyTypeError>(object.py()) {
        return error; // of its own code, or of a buffer that was released
    }
    let instead =
        if object.is_instance_of::<PyString>() { ": encode it first, as text.encode() does" } else { "" };
    PyTypeError::new_err(format!("expected bytes, got {}{instead}", class(object)))
}
