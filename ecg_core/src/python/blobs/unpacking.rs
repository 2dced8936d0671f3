//! Unpacking signals.

use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::blob::{self, Lead};
use crate::memory::collected;
use crate::python::arguments::{Cut, at_most};
use crate::python::gil::detached;
use crate::python::inputs::octets::octets;
use crate::python::memory::{bytes, list};
use crate::python::signal::PySignal;

/// How many times as long as the blob of an ECG its text is.
const TEXT: usize = 5;

/// Unpack all signals of a blob.
///
/// Parameters
/// ----------
/// blob : bytes-like
///     What `pack` returned; `bytes` are read where they are, others copied first.
/// max_samples : int, optional
///     The most samples that all signals may have together. Few bytes can unpack to 128 times their size.
///
/// Returns
/// -------
/// list of Signal
///
/// Raises
/// ------
/// BlobError
///     If the blob is not, bit by bit, what was packed, or says that it has more samples; no memory is taken
///     for them then.
///
/// Examples
/// --------
/// >>> from ecg_core import Signal, pack, unpack
/// >>> unpack(pack([Signal([7, -7])]))[0].to_list()
/// [7, -7]
#[pyfunction]
#[pyo3(signature = (blob, /, *, max_samples=None))]
pub(crate) fn unpack<'py>(
    blob: &Bound<'py, PyAny>,
    max_samples: Option<Cut>,
) -> PyResult<Bound<'py, PyList>> {
    let (py, most, bytes) = (blob.py(), at_most(max_samples, "max_samples")?, octets(blob)?);
    let signals = detached(py, bytes.len(), || blob::unpack_at_most(&bytes, most))?;
    list(py, signals.into_iter().map(PySignal::from))
}

/// Unpack all signals of a blob as JSON.
///
/// It is the text of `unpack` and `to_json`, without the signals between them.
///
/// Parameters
/// ----------
/// blob : bytes-like
///     What `pack` returned; `bytes` are read where they are, others copied first.
/// max_samples : int, optional
///     The most samples that all signals may have together. Each is written in at most 12 bytes.
///
/// Returns
/// -------
/// list of bytes
///     For each signal an array of integers without space.
///
/// Raises
/// ------
/// BlobError
///     If the blob is not, bit by bit, what was packed, or says that it has more samples; no memory is taken
///     for them then.
///
/// Examples
/// --------
/// >>> from ecg_core import Signal, pack, unpack_json
/// >>> unpack_json(pack([Signal([7, -7]), Signal([])]))
/// [b'[7,-7]', b'[]']
#[pyfunction]
#[pyo3(signature = (blob, /, *, max_samples=None))]
pub(crate) fn unpack_json<'py>(
    blob: &Bound<'py, PyAny>,
    max_samples: Option<Cut>,
) -> PyResult<Bound<'py, PyList>> {
    let (py, most, octets) = (blob.py(), at_most(max_samples, "max_samples")?, octets(blob)?);
    let texts = detached(py, TEXT * octets.len(), || blob::unpack_json_at_most(&octets, most))?;
    let texts: Vec<_> = collected(texts.into_iter().map(|text| bytes(py, &text)))?;
    list(py, texts)
}

/// Unpack some samples of one signal, without decoding the others.
///
/// Parameters
/// ----------
/// blob : bytes-like
///     What `pack` returned; `bytes` are read where they are, others copied first.
/// i : int
///     The index of the signal; a negative one counts from the end.
/// start, stop : int, optional
///     The first sample and the one after the last, as in a slice: cut to the length of the signal, and negative
///     ones count from its end.
/// max_samples : int, optional
///     The most samples that these may be.
///
/// Returns
/// -------
/// Signal
///
/// Raises
/// ------
/// IndexError
///     If there is no such signal.
/// BlobError
///     If the header or this signal is damaged, or there are more samples; no memory is taken for them then.
///
/// Examples
/// --------
/// >>> from ecg_core import Signal, pack, unpack_lead
/// >>> unpack_lead(pack([Signal([1, 2, 3, 4])]), 0, start=1, stop=3).to_list()
/// [2, 3]
#[pyfunction]
#[pyo3(text_signature = "(blob, i, /, start=0, stop=None, *, max_samples=None)")]
#[pyo3(signature = (blob, i, /, start=None, stop=None, *, max_samples=None))]
pub(crate) fn unpack_lead(
    blob: &Bound<'_, PyAny>,
    i: Cut,
    start: Option<Cut>,
    stop: Option<Cut>,
    max_samples: Option<Cut>,
) -> PyResult<PySignal> {
    let (bytes, most) = (octets(blob)?, at_most(max_samples, "max_samples")?);
    let (Cut(start), Cut(stop)) = (start.unwrap_or(Cut(0)), stop.unwrap_or(Cut(isize::MAX)));
    let (lead, start, stop) = from_the_beginning(&bytes, i.0, start, stop)?;
    let window = || blob::window_at_most(&bytes, lead, start, stop, most);
    Ok(detached(blob.py(), bytes.len(), window)?.into())
}

/// The same indices, none of them negative.
fn from_the_beginning(blob: &[u8], i: isize, start: isize, stop: isize) -> PyResult<(usize, usize, usize)> {
    if i.min(start).min(stop) >= 0 {
        return Ok((i.cast_unsigned(), start.cast_unsigned(), stop.cast_unsigned()));
    }
    let leads = blob::leads(blob)?;
    let lead = if i < 0 { leads.len().checked_add_signed(i) } else { Some(i.cast_unsigned()) };
    let lead = lead.filter(|&lead| lead < leads.len());
    let lead = lead.ok_or_else(|| PyIndexError::new_err(format!("no lead {i}")))?;
    let samples = leads[lead].samples as usize;
    let index = |at: isize| if at < 0 { samples.saturating_add_signed(at) } else { at.cast_unsigned() };
    Ok((lead, index(start), index(stop)))
}

/// What the table of a blob says of its leads: samples, smallest, largest, neutral crossings.
#[pyfunction]
#[pyo3(name = "_leads", signature = (blob, /))]
pub(crate) fn leads<'py>(blob: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyList>> {
    let leads = blob::leads(&octets(blob)?)?.into_iter();
    let row = |lead: Lead| (lead.samples, lead.minimum, lead.maximum, lead.crossings);
    list(blob.py(), leads.map(row))
}
