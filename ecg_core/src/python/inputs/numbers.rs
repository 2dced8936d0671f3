//! Numbers one by one, of which a buffer is made.

use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyIterator, PyList, PyMemoryView, PyTuple};

use crate::memory::Room;
use crate::python::errors::{class, no_samples, within};
use crate::python::levels::real;
use crate::python::memory::bytes;

/// A number as the bytes of a buffer.
type Converted = PyResult<[u8; 8]>;
type Convert<'a, 'py> = &'a dyn Fn(&Bound<'py, PyAny>) -> Converted;

/// What gives the items of an iterable.
pub(crate) fn iterator<'py>(samples: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyIterator>> {
    const WANTED: &str = "they come as a buffer, an array, an Arrow column or an iterable of numbers";
    samples.try_iter().map_err(|error| {
        let iterable = !error.is_instance_of::<PyTypeError>(samples.py());
        if iterable { error } else { no_samples(samples, WANTED) }
    })
}

/// Whether the items can be visited more than once.
pub(crate) fn is_list(samples: &Bound<'_, PyAny>) -> bool {
    samples.is_exact_instance_of::<PyList>() || samples.is_exact_instance_of::<PyTuple>()
}

/// The items of an iterable, which itself may be gone then.
pub(crate) fn listed<'py>(samples: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    if is_list(samples) {
        return Ok(samples.clone());
    }
    samples.py().get_type::<PyList>().call1((iterator(samples)?,))
}

/// A buffer of int64, or of float64 if one of the numbers is no integer.
pub(crate) fn buffer<'py>(items: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    typed(items.py(), |convert, numbers| append(items, convert, numbers))
}

/// The same of the numbers of several lists, one list after the other; all must be as long.
pub(crate) fn joined<'py>(lists: &[Bound<'py, PyAny>]) -> PyResult<Bound<'py, PyAny>> {
    let [first, ..] = lists else { return Err(PyValueError::new_err("there are no rows")) };
    let (py, len) = (first.py(), first.len()?);
    typed(py, |convert, numbers| {
        for (index, list) in lists.iter().enumerate() {
            let before = numbers.len();
            append(list, convert, numbers).map_err(|error| within(py, &format!("row {index}"), error))?;
            let found = numbers.len() - before;
            if found != len {
                let what = format!("row {index} has {found} samples, where row 0 has {len}");
                return Err(PyValueError::new_err(what));
            }
        }
        Ok(())
    })
}

fn typed<'py>(
    py: Python<'py>,
    fill: impl Fn(Convert<'_, 'py>, &mut Vec<[u8; 8]>) -> PyResult<()>,
) -> PyResult<Bound<'py, PyAny>> {
    let mut numbers = Vec::new();
    let format = match fill(&integer, &mut numbers) {
        Err(error) if error.is_instance_of::<PyTypeError>(py) => {
            numbers.clear();
            fill(&real, &mut numbers)?;
            "d"
        }
        outcome => outcome.map(|()| "q")?,
    };
    let bytes = bytes(py, numbers.as_flattened())?;
    PyMemoryView::from(&bytes)?.call_method1(intern!(py, "cast"), (format,))
}

/// Appends all items. That one is no number is worse than that one does not fit.
fn append<'py>(
    items: &Bound<'py, PyAny>,
    convert: Convert<'_, 'py>,
    numbers: &mut Vec<[u8; 8]>,
) -> PyResult<()> {
    let mut beyond = None;
    for (index, item) in items.try_iter()?.enumerate() {
        let item = item?;
        match convert(&item) {
            Err(error) if error.is_instance_of::<PyOverflowError>(item.py()) => {
                beyond.get_or_insert_with(|| {
                    PyValueError::new_err(format!("the sample at index {index} {}", error.value(item.py())))
                });
            }
            number => numbers.add(number.map_err(|error| at(index, &item, error))?)?,
        }
    }
    beyond.map_or(Ok(()), Err)
}

fn integer(item: &Bound<'_, PyAny>) -> Converted {
    let beyond = |error: PyErr| {
        let overflow = error.is_instance_of::<PyOverflowError>(item.py());
        if overflow { PyOverflowError::new_err("does not fit int64") } else { error }
    };
    item.extract().map(i64::to_ne_bytes).map_err(beyond)
}

fn real(item: &Bound<'_, PyAny>) -> Converted {
    real::exactly(item).map(f64::to_ne_bytes)
}

/// The error of a sample, which names its index; those that its own code raises stay as they are.
fn at(index: usize, item: &Bound<'_, PyAny>, error: PyErr) -> PyErr {
    if error.is_instance_of::<PyTypeError>(item.py()) {
        let class = class(item);
        return PyTypeError::new_err(format!("the sample at index {index} is not a number but {class}"));
    }
    error
}
