//! What reading one body gives.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};

use super::memory::list;
use super::signal::PySignal;
use crate::signal::Signal;

/// What `read_batch` found in one body.
#[pyclass(frozen, module = "ecg_core")]
pub(super) struct Reading {
    /// bytes: The document with the index of a signal in the place of each.
    #[pyo3(get)]
    pub(super) skeleton: Py<PyBytes>,
    /// bytes: The signals as `pack` stores them.
    #[pyo3(get)]
    pub(super) blob: Py<PyBytes>,
    pub(super) signals: Vec<Signal>,
}

#[pymethods]
impl Reading {
    /// list of Signal: The signals in the order of the document. The list is a new one each time.
    #[getter]
    fn signals<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        list(py, self.signals.iter().cloned().map(PySignal::from))
    }

    fn __repr__(&self) -> String {
        format!("<Reading of {} signals>", self.signals.len())
    }
}
