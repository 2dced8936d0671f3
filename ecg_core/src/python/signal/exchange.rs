//! What other libraries take a signal as.

use std::ffi::c_int;

use pyo3::exceptions::{PyOverflowError, PyValueError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCapsule, PyTuple};

use super::class::PySignal;
use crate::memory::OutOfMemory;
use crate::python::array;
use crate::python::buffers::exporter;
use crate::python::gil::detached;
use crate::python::inputs::arrow;
use crate::python::memory::bytes;
use crate::signal::Signal;
use crate::{blob, json};

#[pymethods]
impl PySignal {
    /// int: The size of the samples, in bytes.
    #[getter]
    fn nbytes(&self) -> usize {
        size_of_val(self.signal.samples())
    }

    /// Return the samples as compact JSON: an array without space.
    ///
    /// >>> from ecg_core import Signal
    /// >>> Signal([12, -3, 0]).to_json()
    /// b'[12,-3,0]'
    fn to_json<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        bytes(py, &detached(py, self.nbytes(), || json::to_json(self.signal.samples()))?)
    }

    /// Return the samples as bytes: little-endian integers of 16 bits (`i16le`) or of 32 (`i32le`).
    ///
    /// OverflowError is raised if a sample does not fit, ValueError for another encoding.
    ///
    /// >>> from ecg_core import Signal
    /// >>> Signal([12, -3]).to_bytes("i16le")
    /// b'\x0c\x00\xfd\xff'
    #[pyo3(signature = (encoding, /))]
    fn to_bytes<'py>(&self, py: Python<'py>, encoding: &str) -> PyResult<Bound<'py, PyBytes>> {
        let write: fn(&Signal) -> Result<Option<Vec<u8>>, OutOfMemory> = match encoding {
            "i16le" => Signal::to_i16le,
            "i32le" => |signal| signal.to_i32le().map(Some),
            _ => return Err(PyValueError::new_err("encoding must be 'i16le' or 'i32le'")),
        };
        let written = detached(py, self.nbytes(), || write(&self.signal))?;
        let beyond = || PyOverflowError::new_err("the samples do not fit int16");
        bytes(py, &written.ok_or_else(beyond)?)
    }

    /// Return a NumPy array of int32 that shares the samples; it is read-only.
    ///
    /// ImportError is raised if NumPy is not installed.
    ///
    /// >>> from ecg_core import Signal
    /// >>> Signal([12, -3, 0]).to_numpy()
    /// array([12, -3,  0], dtype=int32)
    fn to_numpy<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        array::numpy(slf.py())?.call_method1("asarray", (slf,))
    }

    #[pyo3(signature = (requested_schema=None))]
    #[expect(unused_variables, reason = "whoever wants another type than int32 converts it")]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<(Bound<'py, PyCapsule>, Bound<'py, PyCapsule>)> {
        arrow::exported(py, &self.signal)
    }

    #[expect(unsafe_code, reason = "CPython asks for it through a pointer")]
    unsafe fn __getbuffer__(slf: Bound<'_, Self>, view: *mut ffi::Py_buffer, flags: c_int) -> PyResult<()> {
        let filled = exporter::view(slf, flags)?;
        // SAFETY: CPython passes a view to fill.
        unsafe { view.write(filled) };
        Ok(())
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let blob = blob::pack(std::slice::from_ref(&self.signal))?;
        let unpack = py.import("ecg_core")?.getattr("unpack_lead")?;
        (unpack, (bytes(py, &blob)?, 0)).into_pyobject(py)
    }

    fn __copy__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __deepcopy__<'py>(slf: Bound<'py, Self>, _memo: &Bound<'py, PyAny>) -> Bound<'py, Self> {
        slf
    }

    fn __sizeof__(slf: &Bound<'_, Self>) -> PyResult<usize> {
        let object: usize = slf.get_type().getattr("__basicsize__")?.extract()?;
        Ok(object + slf.get().nbytes())
    }
}
