//! Numbers one by one, of which a buffer is made.

use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyInt, PyIterator, PyList, PyMemoryView};

use super::errors::{class, no_samples};

/// What gives the items of an iterable.
pub(super) fn iterator<'py>(samples: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyIterator>> {
    const WANTED: &str = "they come as a buffer, an array, an Arrow column or an iterable of numbers";
    samples.try_iter().map_err(|error| {
        let iterable = !error.is_instance_of::<PyTypeError>(samples.py());
        if iterable { error } else { no_samples(samples, WANTED) }
    })
}

/// The items of an iterable.
pub(super) fn listed<'py>(samples: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyList>> {
    let list = samples.py().get_type::<PyList>().call1((iterator(samples)?,))?;
    Ok(list.cast_into()?)
}

/// A buffer of int64, or of float64 if one of the numbers is no integer.
pub(super) fn buffer<'py>(items: &Bound<'py, PyList>) -> PyResult<Bound<'py, PyAny>> {
    let py = items.py();
    filled(items, "q", integer).or_else(|error| {
        if error.is_instance_of::<PyTypeError>(py) { filled(items, "d", real) } else { Err(error) }
    })
}

fn filled<'py>(
    items: &Bound<'py, PyList>,
    format: &str,
    number: impl Fn(&Bound<'py, PyAny>) -> PyResult<[u8; 8]>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = items.py();
    let bytes = PyByteArray::new_with(py, 8 * items.len(), |bytes| {
        for (index, (place, item)) in bytes.as_chunks_mut().0.iter_mut().zip(items).enumerate() {
            *place = number(&item).map_err(|error| at(index, &item, error))?;
        }
        Ok(())
    })?;
    PyMemoryView::from(&bytes)?.call_method1(intern!(py, "cast"), (format,))
}

fn integer(item: &Bound<'_, PyAny>) -> PyResult<[u8; 8]> {
    item.extract().map(i64::to_ne_bytes)
}

fn real(item: &Bound<'_, PyAny>) -> PyResult<[u8; 8]> {
    // NumPy's complex numbers would only warn
    if item.getattr(intern!(item.py(), "imag")).is_ok_and(|part| part.is_truthy().is_ok_and(|some| some)) {
        return Err(PyTypeError::new_err("complex"));
    }
    if item.is_instance_of::<PyInt>() {
        integer(item)?; // its range is that of integers, wherever the float is
    }
    item.extract().map(f64::to_ne_bytes)
}

/// The error of a sample, which names its index; those that its own code raises stay as they are.
fn at(index: usize, item: &Bound<'_, PyAny>, error: PyErr) -> PyErr {
    if error.is_instance_of::<PyTypeError>(item.py()) {
        let class = class(item);
        return PyTypeError::new_err(format!("the sample at index {index} is not a number but {class}"));
    }
    if error.is_instance_of::<PyOverflowError>(item.py()) {
        return PyValueError::new_err(format!("the sample at index {index} does not fit 64 bits"));
    }
    error
}
