//! Arguments that are several signals or documents.

use pyo3::buffer::PyUntypedBuffer;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFrozenSet, PyIterator, PySet, PyString};

use crate::python::errors::class;

/// The items of an iterable, or an error that says how to make one of what is none, or not meant so.
pub(crate) fn each<'py>(several: &Bound<'py, PyAny>, what: &str) -> PyResult<Bound<'py, PyIterator>> {
    let instead = if several.is_instance_of::<PyDict>() {
        "pass its values"
    } else if several.is_instance_of::<PySet>() || several.is_instance_of::<PyFrozenSet>() {
        "a list has an order"
    } else if is_single(several) {
        "put it in a list"
    } else {
        return several.try_iter().map_err(|error| {
            let iterable = !error.is_instance_of::<PyTypeError>(several.py());
            if iterable { error } else { other(several, what, "put it in a list") }
        });
    };
    Err(other(several, what, instead))
}

/// Whether the items would be its numbers or characters.
fn is_single(several: &Bound<'_, PyAny>) -> bool {
    let of_numbers = |buffer: PyUntypedBuffer| buffer.dimensions() == 1 && buffer.format() != c"O";
    several.is_instance_of::<PyString>() || PyUntypedBuffer::get(several).is_ok_and(of_numbers)
}

fn other(several: &Bound<'_, PyAny>, what: &str, instead: &str) -> PyErr {
    PyTypeError::new_err(format!("expected an iterable of {what}, got {}: {instead}", class(several)))
}
