//! Samples that lie together: whatever has them, here it becomes something with the buffer protocol.

use pyo3::buffer::PyUntypedBuffer;
use pyo3::exceptions::{PyBufferError, PyTypeError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFrozenSet, PyMemoryView, PySet, PyString};

use super::arrow;
use super::loaded::is_dtype;
use super::table;
use crate::python::array::numpy;
use crate::python::errors::{class, no_samples};

type Object<'a, 'py> = &'a Bound<'py, PyAny>;
type Is = fn(Object<'_, '_>) -> bool;
type Readable<'py> = PyResult<Option<Bound<'py, PyAny>>>;

/// The ways to samples that lie together, in the order in which they are tried.
const WAYS: [for<'py> fn(Object<'_, 'py>) -> Readable<'py>; 5] = [own, shaped, arrow::column, array, dlpack];

/// What can be read number by number and is not meant so, and what to do instead.
const TRAPS: [(Is, &str); 5] = [
    (
        is_untyped,
        "parse_signal reads JSON; raw samples, for example of 16 bits, are memoryview(data).cast('h') or \
         numpy.frombuffer(data, 'int16')",
    ),
    (|object| object.is_instance_of::<PyString>(), "parse_signal reads JSON, from bytes"),
    (|object| object.is_instance_of::<PyDict>(), "choose one of its values"),
    (
        |object| object.is_instance_of::<PySet>() || object.is_instance_of::<PyFrozenSet>(),
        "a list has an order",
    ),
    (|object| class(object) == "LazyFrame", "collect() it first"),
];

/// What a type of samples is known by: of an array of NumPy, a memoryview, an array of the library, of ctypes.
const TYPED: [&str; 4] = ["dtype", "format", "typecode", "_type_"];

/// Whether it is just bytes, like `bytes` or a mapped file, which would count as samples of 8 bits.
fn is_untyped(object: Object<'_, '_>) -> bool {
    PyUntypedBuffer::get(object).is_ok_and(|buffer| is_untyped_buffer(object, &buffer))
}

pub(crate) fn is_untyped_buffer(object: Object<'_, '_>, buffer: &PyUntypedBuffer) -> bool {
    buffer.item_size() == 1 && TYPED.iter().all(|name| object.hasattr(*name).is_ok_and(|has| !has))
}

fn trap(object: Object<'_, '_>) -> Option<&'static str> {
    TRAPS.iter().find(|(is, _)| is(object)).map(|(_, instead)| *instead)
}

/// Samples that lie together, `None` if they are only to be had one by one.
pub(crate) fn together<'py>(samples: Object<'_, 'py>) -> Readable<'py> {
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

/// The array of what has axes: its Arrow stream may have one more column, of the index, and would be flat. Others
/// with a type of NumPy, like a series of pandas, give it faster than a stream.
fn shaped<'py>(samples: Object<'_, 'py>) -> Readable<'py> {
    let py = samples.py();
    let Some(Ok(axes)) = samples.getattr_opt(intern!(py, "ndim"))?.map(|axes| axes.extract::<usize>()) else {
        return Ok(None);
    };
    if axes == 2
        && let Some(columns) = samples.getattr_opt(intern!(py, "columns"))?
    {
        let names = columns.try_iter()?.map(|name| Ok(name?.str()?.to_string_lossy().into_owned()));
        table::single(columns.len()?, names)?;
        return array(samples)?.map(|array| array.call_method1(intern!(py, "reshape"), (-1,))).transpose();
    }
    let dtype = samples.getattr_opt(intern!(py, "dtype"))?;
    let is_numpy = dtype.map_or(Ok(false), |dtype| is_dtype(&dtype))?;
    if axes > 1 || is_numpy { array(samples) } else { Ok(None) }
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

pub(crate) fn is_row(item: Object<'_, '_>) -> bool {
    item.len().is_ok() && trap(item).is_none()
}
