//! Packing signals.

use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::blob;
use crate::memory::collected;
use crate::python::errors::within;
use crate::python::gil::detached;
use crate::python::inputs::samples;
use crate::python::inputs::several::each;
use crate::python::levels::missing::stored;
use crate::python::memory::bytes;
use crate::python::signal::signal_or;
use crate::signal::Signal;

/// Pack signals losslessly into one blob.
///
/// Parameters
/// ----------
/// signals : iterable of Signal, array or iterable of int
///     Each of one dimension, with integers that fit 32 bits.
/// missing : int, optional
///     An integer of 32 bits that is stored for each null or masked sample. The blob holds it like any other sample.
///
/// Returns
/// -------
/// bytes
///     A blob with checksums; the format stays readable by later versions.
///
/// Raises
/// ------
/// TypeError
///     If a signal is something else.
/// ValueError
///     If a sample does not fit, or is null or masked without `missing`; the message has the indices of the signal
///     and the sample.
/// BlobError
///     If the blob would exceed 4 GiB.
///
/// Examples
/// --------
/// >>> from ecg_core import Signal, pack, unpack
/// >>> unpack(pack([Signal([1, 2, 3]), Signal([])]))
/// [Signal(3 samples, min 1, max 3), Signal(0 samples)]
#[pyfunction]
#[pyo3(signature = (signals, /, *, missing=None))]
pub(crate) fn pack<'py>(
    signals: &Bound<'py, PyAny>,
    missing: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyBytes>> {
    let (py, missing) = (signals.py(), stored(missing)?);
    let signals =
        each(signals, "signals")?.enumerate().map(|(index, signal)| numbered(index, &signal?, missing));
    let signals = collected(signals)?;
    let size = signals.iter().map(|signal| size_of_val(signal.samples())).sum();
    bytes(py, &detached(py, size, || blob::pack(&signals))?)
}

/// A signal, or an error that tells which one it was.
fn numbered(index: usize, signal: &Bound<'_, PyAny>, missing: Option<i32>) -> PyResult<Signal> {
    signal_or(signal, |samples| samples::any(samples, missing))
        .map_err(|error| within(signal.py(), &format!("signal {index}"), error))
}
