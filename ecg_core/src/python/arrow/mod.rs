//! Columns of numbers from whatever has Arrow's PyCapsule interface, as buffers of one dimension, and signals
//! for whatever reads it.
//!
//! `PyArrow`, polars, `arro3`, `nanoarrow` and others have it, and none is imported.

mod abi;
mod column;
mod export;
mod stream;

use pyo3::buffer::PyUntypedBuffer;
use pyo3::exceptions::PyBufferError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyMemoryView};

use abi::Held;
use column::Column;
pub(super) use export::exported;

/// The buffer of an object, or of its Arrow array.
pub(super) fn buffer(object: &Bound<'_, PyAny>) -> PyResult<PyUntypedBuffer> {
    PyUntypedBuffer::get(object).or_else(|_| PyUntypedBuffer::get(&readable(object)?))
}

/// Something with a whole buffer for an object whose buffer lacks a part, or that has an Arrow array; others
/// come back as they are.
#[pyfunction]
#[pyo3(name = "_buffer", signature = (samples, /))]
pub(super) fn readable<'py>(samples: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    match PyUntypedBuffer::get(samples) {
        Ok(_) => Ok(samples.clone()),
        // ctypes leaves out the strides, which a memoryview adds
        Err(error) if error.is_instance_of::<PyBufferError>(samples.py()) => {
            PyMemoryView::from(samples).map(Bound::into_any)
        }
        Err(_) => Ok(column(samples)?.unwrap_or_else(|| samples.clone())),
    }
}

/// The column of an object that exports one.
fn column<'py>(object: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let py = object.py();
    let column = if let Some(export) = object.getattr_opt(intern!(py, "__arrow_c_array__"))? {
        let (schema, array): (Bound<'_, PyCapsule>, Bound<'_, PyCapsule>) = export.call0()?.extract()?;
        Column::of(&Held::taken(&schema)?, Held::taken(&array)?)?
    } else if let Some(export) = object.getattr_opt(intern!(py, "__arrow_c_stream__"))? {
        let capsule: Bound<'_, PyCapsule> = export.call0()?.extract()?;
        stream::joined(py, Held::taken(&capsule)?)?
    } else {
        return Ok(None);
    };
    Ok(Some(Bound::new(py, column)?.into_any()))
}
