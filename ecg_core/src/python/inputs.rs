//! What samples may come as: whatever it is, here it becomes something with the buffer protocol.

use pyo3::buffer::PyUntypedBuffer;
use pyo3::exceptions::{PyBufferError, PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyDict, PyFrozenSet, PyList, PyMemoryView, PySet, PyString};

use super::array::numpy;
use super::errors::{no_samples, within};
use super::{arrow, masked, numbers, table};

type Object<'a, 'py> = &'a Bound<'py, PyAny>;
type Is = fn(Object<'_, '_>) -> bool;
type Readable<'py> = PyResult<Option<Bound<'py, PyAny>>>;

/// The ways to samples that lie together, in the order in which they are tried.
const WAYS: [for<'py> fn(Object<'_, 'py>) -> Readable<'py>; 5] = [own, frame, arrow::column, array, dlpack];

/// What can be read number by number and is not meant so, and what to do instead.
const TRAPS: [(Is, &str); 4] = [
    (
        is_bytes,
        "parse_signal reads JSON; raw samples, for example of 16 bits, are memoryview(data).cast('h') or \
         numpy.frombuffer(data, 'int16')",
    ),
    (|object| object.is_instance_of::<PyString>(), "parse_signal reads JSON, from bytes"),
    (|object| object.is_instance_of::<PyDict>(), "choose one of its values"),
    (
        |object| object.is_instance_of::<PySet>() || object.is_instance_of::<PyFrozenSet>(),
        "a list has an order",
    ),
];

fn is_bytes(object: Object<'_, '_>) -> bool {
    object.is_instance_of::<PyBytes>() || object.is_instance_of::<PyByteArray>()
}

fn trap(object: Object<'_, '_>) -> Option<&'static str> {
    TRAPS.iter().find(|(is, _)| is(object)).map(|(_, instead)| *instead)
}

/// The buffer of samples, and the object that has it.
pub(super) fn buffer<'py>(samples: Object<'_, 'py>) -> PyResult<(PyUntypedBuffer, Bound<'py, PyAny>)> {
    if !is_bytes(samples)
        && let Ok(buffer) = PyUntypedBuffer::get(samples)
    {
        return Ok((buffer, samples.clone()));
    }
    let owner = readable(samples)?;
    Ok((PyUntypedBuffer::get(&owner)?, owner))
}

/// Something with a whole buffer of these samples.
#[pyfunction]
#[pyo3(name = "_buffer", signature = (samples, /))]
pub(super) fn readable<'py>(samples: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    if let Some(together) = together(samples)? {
        return Ok(together);
    }
    let items = numbers::listed(samples)?;
    if items.iter().next().is_some_and(|first| is_row(&first)) {
        rows(&items)
    } else {
        numbers::buffer(&items)
    }
}

/// Samples that lie together, `None` if they are only to be had one by one.
pub(super) fn together<'py>(samples: Object<'_, 'py>) -> Readable<'py> {
    if let Some(instead) = trap(samples) {
        return Err(no_samples(samples, instead));
    }
    WAYS.iter().find_map(|way| way(samples).transpose()).transpose()
}

fn own<'py>(samples: Object<'_, 'py>) -> Readable<'py> {
    match PyUntypedBuffer::get(samples) {
        Ok(_) => Ok(Some(samples.clone())),
        // ctypes leaves out the strides, which a memoryview adds
        Err(error) if error.is_instance_of::<PyBufferError>(samples.py()) => {
            PyMemoryView::from(samples).map(|view| Some(view.into_any()))
        }
        Err(_) => Ok(None),
    }
}

/// The column of a data frame like those of pandas. Its Arrow stream may have one more, of the index.
fn frame<'py>(samples: Object<'_, 'py>) -> Readable<'py> {
    let py = samples.py();
    let (columns, ndim) = (intern!(py, "columns"), intern!(py, "ndim"));
    let (Some(columns), Some(ndim)) = (samples.getattr_opt(columns)?, samples.getattr_opt(ndim)?) else {
        return Ok(None);
    };
    if !ndim.eq(2)? {
        return Ok(None);
    }
    let names = columns.try_iter()?.map(|name| Ok(name?.str()?.to_string_lossy().into_owned()));
    table::single(columns.len()?, names)?;
    array(samples)?.map(|array| array.call_method1(intern!(py, "reshape"), (-1,))).transpose()
}

/// What `__array__` gives, for which the object imports NumPy.
fn array<'py>(samples: Object<'_, 'py>) -> Readable<'py> {
    let py = samples.py();
    let Some(export) = samples.getattr_opt(intern!(py, "__array__"))? else { return Ok(None) };
    let array = export.call0()?;
    match PyUntypedBuffer::get(&array) {
        Ok(buffer) if buffer.format() != c"O" => return Ok(Some(array)),
        Err(error) if error.is_instance_of::<PyBufferError>(py) => return Ok(Some(array)), // no dimension
        _ => (),
    }
    let dtype = array.getattr(intern!(py, "dtype"))?;
    let how = "convert them first, as astype('float64') does";
    Err(PyTypeError::new_err(format!("samples of dtype {dtype} are no numbers: {how}")))
}

/// A tensor that has nothing but DLPack, which NumPy reads.
fn dlpack<'py>(samples: Object<'_, 'py>) -> Readable<'py> {
    const CPU: i32 = 1;
    let py = samples.py();
    let Some(device) = samples.getattr_opt(intern!(py, "__dlpack_device__"))? else { return Ok(None) };
    let (kind, _): (i32, Bound<'_, PyAny>) = device.call0()?.extract()?;
    if kind != CPU {
        let what = format!("the samples are on a device of DLPack's kind {kind}: copy them to the CPU first");
        return Err(PyTypeError::new_err(what));
    }
    numpy(py)?.call_method1(intern!(py, "from_dlpack"), (samples,)).map(Some)
}

fn is_row(item: Object<'_, '_>) -> bool {
    item.len().is_ok() && trap(item).is_none()
}

/// An array of two dimensions of rows of samples.
fn rows<'py>(items: &Bound<'py, PyList>) -> PyResult<Bound<'py, PyAny>> {
    let py = items.py();
    let numpy = numpy(py)?;
    let row = |(index, item)| row(&item).map_err(|error| within(py, &format!("row {index}"), error));
    let rows = items.iter().enumerate().map(row).collect::<PyResult<Vec<_>>>()?;
    numpy.call_method1(intern!(py, "stack"), (rows,))
}

fn row<'py>(item: Object<'_, 'py>) -> PyResult<Bound<'py, PyAny>> {
    let row = together(item)?.map_or_else(|| numbers::buffer(&numbers::listed(item)?), Ok)?;
    // stacked, it would lose its marks
    let null = arrow::nulls(&row).and_then(|nulls| nulls.as_bytes().iter().position(|null| *null != 0));
    if let Some(index) = null {
        return Err(PyValueError::new_err(format!("null at index {index}")));
    }
    let Some(mask) = masked::mask(&row)? else { return Ok(row) };
    let index: usize = mask.call_method0(intern!(mask.py(), "argmax"))?.extract()?;
    Err(PyValueError::new_err(format!("masked at index {index}")))
}
