//! Reading documents, JSON and MessagePack.

pub(super) mod reading;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};

use crate::blob;
use crate::blob::Recorded;
use crate::json::{self, Lifted};
use crate::memory::collected;
use crate::msgpack;
use crate::python::arguments::{Cut, at_most};
use crate::python::errors::{decode, within};
use crate::python::gil::detached;
use crate::python::inputs::octets::octets;
use crate::python::inputs::several::each;
use crate::python::memory::{bytes, list};
use crate::python::signal::PySignal;
use crate::signal::Signal;
use reading::Reading;

/// Read a signal from a JSON array of integers.
///
/// Parameters
/// ----------
/// json : bytes-like
///     Strict JSON (RFC 8259): integers that fit 32 bits, JSON whitespace, nothing after the array. `bytes` are read
///     where they are, others copied first.
///
/// Returns
/// -------
/// Signal
///
/// Raises
/// ------
/// DecodeError
///     With the byte and the element that is wrong.
///
/// Examples
/// --------
/// >>> from ecg_core import parse_signal
/// >>> parse_signal(b'[12, -3, 0]').to_list()
/// [12, -3, 0]
#[pyfunction]
#[pyo3(signature = (json, /))]
pub(super) fn parse_signal(json: &Bound<'_, PyAny>) -> PyResult<PySignal> {
    let text = octets(json)?;
    let signal = detached(json.py(), text.len(), || json::parse(&text))?;
    Ok(signal.into())
}

/// Take the signals out of a JSON document, and check all of it.
///
/// Parameters
/// ----------
/// body : bytes-like
///     Strict JSON (RFC 8259) in UTF-8: no duplicate keys, no lone surrogates, no byte order mark, at most
///     64 levels of nesting.
/// key : str, optional
///     Every value at this key, at any depth, must be an array of integers that fit 32 bits.
///
/// Returns
/// -------
/// skeleton : bytes
///     The document with the index of a signal in the place of each.
/// signals : list of Signal
///     The signals in the order of the document.
///
/// Raises
/// ------
/// DecodeError
///     With the byte and the value that is wrong.
///
/// Examples
/// --------
/// >>> from ecg_core import lift_signals
/// >>> lift_signals(b'{"leads": [{"name": "I", "signal": [1, -2]}]}')
/// (b'{"leads": [{"name": "I", "signal": 0}]}', [Signal(2 samples, min -2, max 1)])
#[pyfunction]
#[pyo3(signature = (body, /, key="signal"))]
pub(super) fn lift_signals<'py>(
    body: &Bound<'py, PyAny>,
    key: &str,
) -> PyResult<(Bound<'py, PyBytes>, Bound<'py, PyList>)> {
    let (py, text) = (body.py(), octets(body)?);
    let lifted = detached(py, text.len(), || json::lift(&text, key))?;
    let signals = list(py, lifted.signals.into_iter().map(PySignal::from))?;
    Ok((bytes(py, &lifted.skeleton)?, signals))
}

/// Read many documents at once: take out the signals, count their crossings and pack them.
///
/// Parameters
/// ----------
/// bodies : iterable of bytes-like
///     Documents, as for `lift_signals`.
/// key : str, optional
///     The key of the signals.
/// max_signals : int, optional
///     A body with more of them is a `DecodeError`, found before the next one is read.
/// format : {'json', 'msgpack'}, optional
///     What the bodies are. A signal of MessagePack is an array of integers, or bytes of little-endian samples with
///     `"encoding"`, `"i16le"` or `"i32le"`, beside it. Extension types and keys that are no strings are errors.
///
/// Returns
/// -------
/// list of Reading or DecodeError
///     One for each body, in order. Errors are returned, not raised: one bad body spoils no other.
///
/// Notes
/// -----
/// The GIL is released once, for all of the work.
///
/// Examples
/// --------
/// >>> from ecg_core import read_batch, unpack
/// >>> reading, error = read_batch([b'{"signal": [1, -2, 3]}', b'{"signal": [1.5]}'])
/// >>> reading.skeleton, [signal.count_zero_crossings() for signal in reading.signals]
/// (b'{"signal": 0}', [2])
/// >>> unpack(reading.blob) == reading.signals
/// True
/// >>> error.pointer
/// '/signal/0'
#[pyfunction]
#[pyo3(signature = (bodies, /, key="signal", *, max_signals=None, format="json"))]
pub(super) fn read_batch<'py>(
    bodies: &Bound<'py, PyAny>,
    key: &str,
    max_signals: Option<Cut>,
    format: &str,
) -> PyResult<Bound<'py, PyList>> {
    let (reader, most) = (reader(format)?, at_most(max_signals, "max_signals")?);
    let (py, bodies) = (bodies.py(), each(bodies, "documents")?);
    let named = |(index, body): (usize, PyResult<Bound<'_, PyAny>>)| {
        octets(&body?).map_err(|error| within(py, &format!("body {index}"), error))
    };
    let texts = collected(bodies.enumerate().map(named))?;
    let outcomes = py.detach(|| collected(texts.iter().map(|text| read(reader, text, key, most))))?;
    let list = PyList::empty(py);
    for outcome in outcomes {
        match outcome {
            Ok((skeleton, (blob, signals))) => list.append(reading(py, &skeleton, blob, signals)?)?,
            Err(error) => list.append(decode(py, &error)?)?,
        }
    }
    Ok(list)
}

type Outcome = Result<(Vec<u8>, (Vec<u8>, Vec<Option<Signal>>)), json::DecodeError>;

/// What takes the signals out of a document.
type Reader = fn(&[u8], &str, usize) -> Result<Lifted<Recorded>, json::DecodeError>;

fn reader(format: &str) -> PyResult<Reader> {
    match format {
        "json" => Ok(json::lift_at_most),
        "msgpack" => Ok(msgpack::lift_at_most),
        _ => Err(PyValueError::new_err(format!("format must be 'json' or 'msgpack', not {format:?}"))),
    }
}

fn read(reader: Reader, text: &[u8], key: &str, max_signals: usize) -> Result<Outcome, blob::BlobError> {
    match reader(text, key, max_signals) {
        Ok(lifted) => blob::pack_recorded(lifted.signals).map(|packed| Ok((lifted.skeleton, packed))),
        Err(error) if error.code == json::Code::OutOfMemory => Err(blob::BlobError::OutOfMemory),
        Err(error) => Ok(Err(error)),
    }
}

fn reading(
    py: Python<'_>,
    skeleton: &[u8],
    blob: Vec<u8>,
    signals: Vec<Option<Signal>>,
) -> PyResult<Reading> {
    let skeleton = bytes(py, skeleton)?.unbind();
    let packed = bytes(py, &blob)?.unbind();
    detached(py, blob.len(), move || drop(blob)); // to unmap 60 MB takes 5 ms
    Ok(Reading { skeleton, blob: packed, signals })
}
