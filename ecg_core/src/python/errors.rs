//! Errors as Python exceptions.

use pyo3::create_exception;
use pyo3::exceptions::{PyIndexError, PyTypeError, PyValueError};
use pyo3::prelude::*;

use crate::blob;
use crate::json;
use crate::memory::OutOfMemory;

create_exception!(
    ecg_core,
    DecodeError,
    PyValueError,
    "A document is not strict JSON or MessagePack, or a signal in it is none of 32-bit integers.

Attributes
----------
code : str
    `syntax`, `trailing` (the document has ended before), `encoding`, `depth`, `duplicate_key`, `not_an_array`,
    `not_an_integer`, `out_of_range` or `too_many_signals`; of MessagePack also `unsupported` (an extension type, a
    key that is no string, or a map of more than 1,024 keys), `wrong_encoding` or `wrong_length` (of the bytes of a signal).
offset : int
    The byte of the document that is wrong.
pointer : str
    The JSON Pointer (RFC 6901) of the value that is wrong, such as `/leads/3/signal/17`; cut after the
    last component that keeps it within 256 bytes.

Examples
--------
>>> from ecg_core import DecodeError, parse_signal
>>> try:
...     parse_signal(b'[12, -3, 0.5]')
... except DecodeError as error:
...     error.code, error.offset, error.pointer
('not_an_integer', 9, '/2')
"
);

create_exception!(
    ecg_core,
    BlobError,
    PyValueError,
    "A blob of signals is damaged, truncated, of an unknown version or codec, or holds more samples than asked for.

Examples
--------
>>> from ecg_core import BlobError, pack, unpack
>>> try:
...     unpack(pack([])[:-1])
... except BlobError as error:
...     print(error)
damaged or truncated header
"
);

/// A [`DecodeError`] with its attributes.
pub(super) fn decode(py: Python<'_>, error: &json::DecodeError) -> PyResult<PyErr> {
    let exception = DecodeError::new_err(error.to_string());
    let value = exception.value(py);
    value.setattr("code", error.code.name())?;
    value.setattr("offset", error.offset)?;
    value.setattr("pointer", &error.pointer)?;
    Ok(exception)
}

/// The error of an argument that is no samples, and what would be.
pub(super) fn no_samples(object: &Bound<'_, PyAny>, instead: &str) -> PyErr {
    PyTypeError::new_err(format!("expected samples, got {}: {instead}", class(object)))
}

/// The name of an object's class.
pub(super) fn class(object: &Bound<'_, PyAny>) -> String {
    object.get_type().qualname().map_or_else(|_| "something".into(), |name| name.to_string())
}

/// An error about samples that says which of several they are.
pub(super) fn within(py: Python<'_>, place: &str, error: PyErr) -> PyErr {
    let kind = error.get_type(py);
    if !kind.is(py.get_type::<PyTypeError>()) && !kind.is(py.get_type::<PyValueError>()) {
        return error; // others may be made of other things than a text
    }
    PyErr::from_type(kind, format!("{place}: {}", error.value(py)))
}

impl From<json::DecodeError> for PyErr {
    fn from(error: json::DecodeError) -> Self {
        match error.code {
            json::Code::OutOfMemory => OutOfMemory.into(),
            _ => Python::attach(|py| decode(py, &error).unwrap_or_else(|failure| failure)),
        }
    }
}

impl From<blob::BlobError> for PyErr {
    fn from(error: blob::BlobError) -> Self {
        match error {
            blob::BlobError::OutOfMemory => OutOfMemory.into(),
            blob::BlobError::NoSuchLead(_) => PyIndexError::new_err(error.to_string()),
            _ => BlobError::new_err(error.to_string()),
        }
    }
}
