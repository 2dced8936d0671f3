//! Columns of numbers from whatever has Arrow's PyCapsule interface, as buffers of one dimension, and signals
//! for whatever reads it.
//!
//! `PyArrow`, polars, `arro3`, `nanoarrow` and others have it, and none is imported.

mod abi;
mod column;
mod export;
mod layout;
mod stream;

use pyo3::exceptions::PyImportError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCapsule};

use abi::Held;
use column::Column;
pub(crate) use export::exported;
use layout::Layout;

/// A byte for each number of an object of this module, 1 where it is null, if one is.
pub(crate) fn nulls<'py>(owner: &Bound<'py, PyAny>) -> Option<Bound<'py, PyBytes>> {
    let column = owner.cast::<Column>().ok()?;
    Some(column.get().nulls.as_ref()?.bind(owner.py()).clone())
}

/// The column of an object that exports one.
pub(crate) fn column<'py>(object: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let py = object.py();
    let column = if let Some(export) = object.getattr_opt(intern!(py, "__arrow_c_array__"))? {
        let (schema, array): (Bound<'_, PyCapsule>, Bound<'_, PyCapsule>) = export.call0()?.extract()?;
        let (schema, array) = (Held::taken(&schema)?, Held::taken(&array)?);
        let layout = Layout::of(&schema.0)?;
        Column::of(py, layout.kind, &layout.part(&array.0)?, array)?
    } else if let Some(export) = object.getattr_opt(intern!(py, "__arrow_c_stream__"))? {
        let capsule: Bound<'_, PyCapsule> = match export.call0() {
            // pandas has it, and leaves it to PyArrow, which may not be installed
            Err(error) if error.is_instance_of::<PyImportError>(py) => return Ok(None),
            capsule => capsule?.extract()?,
        };
        stream::joined(py, Held::taken(&capsule)?)?
    } else {
        return Ok(None);
    };
    Ok(Some(Bound::new(py, column)?.into_any()))
}
