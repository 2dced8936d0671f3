//! The class and how a signal is made.

use pyo3::prelude::*;

use crate::python::buffers::exporter::{Contiguous, Exporter};
use crate::python::inputs::samples;
use crate::python::levels::missing::stored;
use crate::signal::Signal;

/// Immutable 32-bit samples of one lead.
///
/// It is a sequence of int. It also has the buffer protocol and Arrow's: `numpy.asarray(signal)`,
/// `memoryview(signal)` and `pyarrow.array(signal)` read the samples, which are int32 and read-only, without
/// copying them.
///
/// Parameters
/// ----------
/// samples : array or iterable of int
///     Integers of one dimension that fit 32 bits, in all that `count_zero_crossings` takes.
/// missing : int, optional
///     An integer of 32 bits that is stored for each null or masked sample of an array.
///
/// Raises
/// ------
/// TypeError
///     If a sample is no integer (the message has its index or format).
/// ValueError
///     If a sample does not fit, or is null or masked without `missing` (the message has its index), or there are
///     several dimensions.
///
/// Examples
/// --------
/// >>> from ecg_core import Signal
/// >>> signal = Signal([12, -3, 0, 7])
/// >>> signal
/// Signal(4 samples, min -3, max 12)
/// >>> len(signal), signal[-1], signal.count_zero_crossings()
/// (4, 7, 2)
#[pyclass(frozen, sequence, weakref, name = "Signal", module = "ecg_core")]
pub(crate) struct PySignal {
    pub(crate) signal: Signal,
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
pub(crate) fn signal_or(
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
    #[pyo3(signature = (samples, *, missing=None))]
    fn new(samples: &Bound<'_, PyAny>, missing: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let missing = stored(missing)?;
        signal_or(samples, |samples| samples::any(samples, missing)).map(Self::from)
    }
}
