//! What a caller says of samples that are missing.

use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;

use super::real::Fault;
use crate::python::buffers::elements::Element;

/// What a missing sample counts as, if one of this type can be: none equals NaN among integers, or what the type
/// cannot hold.
pub(crate) fn missing_of<T: Element>(missing: Option<&Bound<'_, PyAny>>) -> PyResult<Option<T::Counted>> {
    let Some(missing) = missing else { return Ok(None) };
    T::equal(missing).or_else(|fault| match fault {
        Fault::NotFinite | Fault::Beyond => Ok(None),
        Fault::NotReal => Err(PyTypeError::new_err("missing must be a real number, or NaN")),
        Fault::Raised(error) => Err(error),
    })
}

/// The sample that stands for a missing one in a signal of integers of 32 bits.
pub(crate) fn stored(missing: Option<&Bound<'_, PyAny>>) -> PyResult<Option<i32>> {
    let Some(missing) = missing else { return Ok(None) };
    missing.extract().map(Some).map_err(|error: PyErr| {
        let message = "missing must be an integer of 32 bits, to be stored";
        let beyond = error.is_instance_of::<PyOverflowError>(missing.py());
        if beyond { PyValueError::new_err(message) } else { PyTypeError::new_err(message) }
    })
}

/// Whether two callers say the same.
pub(crate) fn same(py: Python<'_>, one: Option<&Py<PyAny>>, other: Option<&Py<PyAny>>) -> PyResult<bool> {
    let (Some(one), Some(other)) = (one, other) else { return Ok(one.is_none() && other.is_none()) };
    let (one, other) = (one.bind(py), other.bind(py));
    Ok(one.eq(other)? || one.ne(one)? && other.ne(other)?) // NaN is not itself
}
