//! The class `Signal`.

use std::ffi::c_int;

use pyo3::exceptions::{PyIndexError, PyValueError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyIterator, PyList, PyTuple};

use super::exporter::{self, Contiguous, Exporter};
use super::gil::detached;
use super::samples;
use super::zero_rule::zero_rule;
use crate::blob;
use crate::json;
use crate::signal::Signal;

/// Immutable 32-bit samples of one lead.
///
/// It has the buffer protocol: `numpy.asarray(signal)` and `memoryview(signal)` read the samples
/// (format `i`, read-only) without copying them.
///
/// Parameters
/// ----------
/// samples : buffer, Arrow array or iterable of int
///     Integers of one dimension that fit 32 bits.
///
/// Raises
/// ------
/// TypeError
///     If a sample is no integer (the message has its index or format).
/// ValueError
///     If a sample does not fit, or is null or masked (the message has its index), or there are several
///     dimensions.
///
/// Examples
/// --------
/// >>> from ecg_core import Signal
/// >>> signal = Signal([12, -3, 0, 7])
/// >>> signal
/// Signal(4 samples, min -3, max 12)
/// >>> len(signal), signal[-1], signal.count_zero_crossings()
/// (4, 7, 2)
#[pyclass(frozen, name = "Signal", module = "ecg_core")]
pub(super) struct PySignal {
    pub(super) signal: Signal,
    /// The shape of exported buffers.
    pub(super) len: isize,
}

impl From<Signal> for PySignal {
    fn from(signal: Signal) -> Self {
        let len = signal.samples().len().cast_signed();
        Self { signal, len }
    }
}

impl Exporter for PySignal {
    fn exported(&self) -> Contiguous<'_> {
        let start = self.signal.samples().as_ptr().cast();
        Contiguous { start, len: &self.len, format: c"i", size: &4 }
    }
}

/// What a `Signal` holds, which is shared, or what `read` makes of any other object.
pub(super) fn signal_or(
    object: &Bound<'_, PyAny>,
    read: impl FnOnce(&Bound<'_, PyAny>) -> PyResult<Signal>,
) -> PyResult<Signal> {
    match object.cast::<PySignal>() {
        Ok(signal) => Ok(signal.get().signal.clone()),
        Err(_) => read(object),
    }
}

#[pymethods]
impl PySignal {
    #[new]
    fn new(samples: &Bound<'_, PyAny>) -> PyResult<Self> {
        signal_or(samples, samples::any).map(Self::from)
    }

    /// int or None: The smallest sample, None if there is no sample.
    #[getter]
    fn minimum(&self) -> Option<i32> {
        self.signal.minimum()
    }

    /// int or None: The largest sample, None if there is no sample.
    #[getter]
    fn maximum(&self) -> Option<i32> {
        self.signal.maximum()
    }

    /// Count how often the signal crosses a baseline.
    ///
    /// Parameters
    /// ----------
    /// zeros : {'neutral', 'positive', 'negative', 'distinct', 'strict'}, optional
    ///     What a sample equal to the baseline counts as, as for `count_zero_crossings`.
    /// baseline : int, optional
    ///     Subtracted first, in units of the samples.
    ///
    /// Returns
    /// -------
    /// int
    ///     The count; known beforehand for the defaults.
    ///
    /// Examples
    /// --------
    /// >>> from ecg_core import Signal
    /// >>> Signal([1020, 1030, 1024, 1000]).count_zero_crossings(baseline=1024)
    /// 2
    #[pyo3(signature = (*, zeros="neutral", baseline=0))]
    fn count_zero_crossings(&self, py: Python<'_>, zeros: &str, baseline: i32) -> PyResult<u64> {
        let (rule, signal) = (zero_rule(zeros)?, &self.signal);
        Ok(detached(py, size_of_val(signal.samples()), || signal.count_zero_crossings(rule, baseline)))
    }

    /// Return the mean distance from a baseline, in units of the samples; the sum is exact.
    ///
    /// ValueError is raised if there is no sample.
    ///
    /// >>> from ecg_core import Signal
    /// >>> Signal([1020, 1030]).average(baseline=1024)
    /// 1.0
    #[pyo3(signature = (*, baseline=0))]
    fn average(&self, baseline: i32) -> PyResult<f64> {
        self.signal.average(baseline).ok_or_else(empty)
    }

    /// Return the root of the mean squared distance from a baseline, in units of the samples.
    ///
    /// ValueError is raised if there is no sample.
    ///
    /// >>> from ecg_core import Signal
    /// >>> Signal([3, -4, 3, -4]).rms()
    /// 3.5355339059327378
    #[pyo3(signature = (*, baseline=0))]
    fn rms(&self, baseline: i32) -> PyResult<f64> {
        self.signal.rms(baseline).ok_or_else(empty)
    }

    /// Choose few samples that keep every peak, for drawing.
    ///
    /// Parameters
    /// ----------
    /// max_points : int
    ///     At least 2, else ValueError is raised. The signal is cut into `max_points // 2` buckets of about
    ///     equal length, and each gives its smallest and its largest sample, in the order of their positions.
    ///
    /// Returns
    /// -------
    /// tuple of Signal
    ///     The positions (ascending, in samples) and the values; all of them if `max_points` is enough.
    ///
    /// Examples
    /// --------
    /// >>> from ecg_core import Signal
    /// >>> positions, values = Signal([5, 1, 9, 3, 3, 3, 8, 0, 2]).thin(4)
    /// >>> positions.to_list(), values.to_list()
    /// ([1, 2, 6, 7], [1, 9, 8, 0])
    #[pyo3(signature = (max_points, /))]
    fn thin(&self, max_points: usize) -> PyResult<(Self, Self)> {
        if max_points < 2 {
            return Err(PyValueError::new_err("max_points must be at least 2"));
        }
        let positions = self.signal.thin(max_points);
        let values: Vec<i32> = positions.iter().map(|&position| self.signal.samples()[position]).collect();
        let positions = positions.into_iter().map(i32::try_from).collect::<Result<Vec<_>, _>>()?;
        Ok((Signal::new(positions).into(), Signal::new(values).into()))
    }

    /// Return the samples as compact JSON: an array without space.
    ///
    /// >>> from ecg_core import Signal
    /// >>> Signal([12, -3, 0]).to_json()
    /// b'[12,-3,0]'
    fn to_json<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        let samples = self.signal.samples();
        PyBytes::new(py, &detached(py, size_of_val(samples), || json::to_json(samples)))
    }

    /// Return the samples as a list of int.
    fn to_list<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        PyList::new(py, self.signal.samples())
    }

    fn __len__(&self) -> usize {
        self.signal.samples().len()
    }

    fn __getitem__(&self, index: isize) -> PyResult<i32> {
        let from_end = if index < 0 { self.len } else { 0 };
        let sample =
            usize::try_from(index + from_end).ok().and_then(|index| self.signal.samples().get(index));
        sample.copied().ok_or_else(|| PyIndexError::new_err("sample index out of range"))
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
        self.to_list(py)?.try_iter()
    }

    #[expect(unsafe_code, reason = "CPython asks for it through a pointer")]
    unsafe fn __getbuffer__(slf: Bound<'_, Self>, view: *mut ffi::Py_buffer, flags: c_int) -> PyResult<()> {
        let filled = exporter::view(slf, flags)?;
        // SAFETY: CPython passes a view to fill.
        unsafe { view.write(filled) };
        Ok(())
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.signal == other.signal
    }

    fn __repr__(&self) -> String {
        match (self.signal.minimum(), self.signal.maximum()) {
            (Some(min), Some(max)) => format!("Signal({} samples, min {min}, max {max})", self.len),
            _ => "Signal(0 samples)".into(),
        }
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let blob = blob::pack(std::slice::from_ref(&self.signal))?;
        let unpack = py.import("ecg_core")?.getattr("unpack_lead")?;
        (unpack, (PyBytes::new(py, &blob), 0)).into_pyobject(py)
    }
}

fn empty() -> PyErr {
    PyValueError::new_err("there is no sample")
}
