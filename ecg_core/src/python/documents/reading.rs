//! What reading one body gives.

use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyBytes, PyList, PyTuple};

use crate::blob;
use crate::python::gil::detached;
use crate::python::memory::list;
use crate::python::signal::PySignal;
use crate::signal::Signal;

/// What `read_batch` found in one body.
///
/// Parameters
/// ----------
/// skeleton : bytes
///     The document with the index of a signal in the place of each.
/// blob : bytes
///     The signals as `pack` stores them.
///
/// Raises
/// ------
/// BlobError
///     If the blob is damaged.
#[pyclass(frozen, module = "ecg_core")]
pub(crate) struct Reading {
    /// bytes: The document with the index of a signal in the place of each.
    #[pyo3(get)]
    pub(crate) skeleton: Py<PyBytes>,
    /// bytes: The signals as `pack` stores them.
    #[pyo3(get)]
    pub(crate) blob: Py<PyBytes>,
    pub(crate) signals: Vec<Signal>,
}

#[pymethods]
impl Reading {
    #[new]
    fn new(skeleton: Bound<'_, PyBytes>, blob: Bound<'_, PyBytes>) -> PyResult<Self> {
        let bytes = PyBackedBytes::from(blob.clone());
        let signals = detached(blob.py(), bytes.len(), || blob::unpack(&bytes))?;
        Ok(Self { skeleton: skeleton.unbind(), blob: blob.unbind(), signals })
    }

    /// list of Signal: The signals in the order of the document. The list is a new one each time.
    #[getter]
    fn signals<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        list(py, self.signals.iter().cloned().map(PySignal::from))
    }

    fn __eq__(&self, py: Python<'_>, other: &Self) -> PyResult<bool> {
        self.parts(py)?.eq(other.parts(py)?)
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        self.parts(py)?.hash()
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        (slf.get_type(), slf.get().parts(slf.py())?).into_pyobject(slf.py())
    }

    fn __copy__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __deepcopy__<'py>(slf: Bound<'py, Self>, _memo: &Bound<'py, PyAny>) -> Bound<'py, Self> {
        slf
    }

    fn __repr__(&self) -> String {
        format!("<Reading of {} signals>", self.signals.len())
    }
}

impl Reading {
    /// What all of it follows from.
    fn parts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        (&self.skeleton, &self.blob).into_pyobject(py)
    }
}
