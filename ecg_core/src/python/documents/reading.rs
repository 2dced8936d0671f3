//! What reading one body gives.

use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyBytes, PyList, PyTuple};

use crate::blob::{self, RUN};
use crate::python::blobs::opening;
use crate::python::blobs::source::Source;
use crate::python::gil::detached;
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
    /// Those of leads that are not long.
    pub(crate) signals: Vec<Option<Signal>>,
}

#[pymethods]
impl Reading {
    #[new]
    fn new(skeleton: Bound<'_, PyBytes>, blob: Bound<'_, PyBytes>) -> PyResult<Self> {
        let bytes = PyBackedBytes::from(blob.clone());
        let signals = detached(blob.py(), bytes.len(), || blob::unpack(&bytes))?;
        let is_short = |signal: &Signal| signal.samples().len() <= RUN;
        let signals = signals.into_iter().map(|signal| Some(signal).filter(is_short)).collect();
        Ok(Self { skeleton: skeleton.unbind(), blob: blob.unbind(), signals })
    }

    /// list of Signal: The signals in the order of the document. The list is a new one each time.
    #[getter]
    fn signals<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let blob = PyBackedBytes::from(self.blob.bind(py).clone());
        let list = PyList::empty(py);
        for (lead, signal) in self.signals.iter().enumerate() {
            let unpacked = || detached(py, blob.len(), || blob::window(&blob, lead, 0, usize::MAX));
            let signal = signal.clone().map_or_else(unpacked, Ok)?;
            list.append(PySignal::from(signal))?;
        }
        Ok(list)
    }

    /// list of Signal or PackedSignal: The same, but those of more than 65,536 samples stay packed.
    #[getter]
    fn leads<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        if self.signals.iter().all(Option::is_some) {
            return self.signals(py);
        }
        let packed = opening::all(Source::Bytes(self.blob.bind(py).clone().into()), py, None)?;
        let list = PyList::empty(py);
        for (signal, packed) in self.signals.iter().zip(packed) {
            match signal {
                Some(signal) => list.append(PySignal::from(signal.clone()))?,
                None => list.append(packed)?,
            }
        }
        Ok(list)
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
