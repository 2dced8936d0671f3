//! Objects of Python that grow with an input: where memory ends, PyO3's own constructors panic.

use pyo3::IntoPyObject;
use pyo3::exceptions::PyMemoryError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};

use crate::memory::OutOfMemory;

impl From<OutOfMemory> for PyErr {
    fn from(error: OutOfMemory) -> Self {
        PyMemoryError::new_err(error.to_string())
    }
}

/// A copy of some bytes.
pub(super) fn bytes<'py>(py: Python<'py>, content: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
    let (start, len) = (content.as_ptr().cast(), content.len().cast_signed());
    #[expect(
        unsafe_code,
        reason = "PyO3's safe function that returns errors fills the bytes with zeros first"
    )]
    // SAFETY: so many bytes are there; CPython returns a new object, or null and an exception.
    let object = unsafe { Bound::from_owned_ptr_or_err(py, ffi::PyBytes_FromStringAndSize(start, len)) }?;
    Ok(object.cast_into()?)
}

/// A list of some objects.
pub(super) fn list<'py, T: IntoPyObject<'py>>(
    py: Python<'py>,
    items: impl IntoIterator<Item = T>,
) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(py);
    items.into_iter().try_for_each(|item| list.append(item))?;
    Ok(list)
}
