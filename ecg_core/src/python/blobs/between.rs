//! Unpacking signals into a document.

use pyo3::prelude::*;
use pyo3::types::PyByteArray;

use crate::blob::Document;
use crate::memory::collected;
use crate::python::arguments::{Cut, at_most};
use crate::python::inputs::octets::octets;
use crate::python::inputs::several::each;
use crate::python::memory::bytearray;

/// Unpack all signals of a blob as JSON, between the parts of a document.
///
/// It is what `unpack_json` returns and the parts, in turns, written once and into one object.
///
/// Parameters
/// ----------
/// blob : bytes-like
///     What `pack` returned; `bytes` are read where they are, others copied first.
/// parts : iterable of bytes-like
///     One more than there are signals: what stands before the first signal, between two, and after the last.
/// max_samples : int, optional
///     The most samples that all signals may have together. Each is written in at most 12 bytes.
///
/// Returns
/// -------
/// bytearray
///     The document.
///
/// Raises
/// ------
/// BlobError
///     If the blob is not, bit by bit, what was packed, or says that it has more samples, or other signals than
///     fit between the parts; no memory is taken for them then.
///
/// Examples
/// --------
/// >>> from ecg_core import Signal, pack, unpack_between
/// >>> blob = pack([Signal([7, -7]), Signal([])])
/// >>> unpack_between(blob, [b'{"I":', b',"II":', b'}'])
/// bytearray(b'{"I":[7,-7],"II":[]}')
#[pyfunction]
#[pyo3(signature = (blob, parts, /, *, max_samples=None))]
pub(crate) fn unpack_between<'py>(
    blob: &Bound<'py, PyAny>,
    parts: &Bound<'py, PyAny>,
    max_samples: Option<Cut>,
) -> PyResult<Bound<'py, PyByteArray>> {
    let (most, packed) = (at_most(max_samples, "max_samples")?, octets(blob)?);
    let parts = collected(each(parts, "parts")?.map(|part| octets(&part?)))?;
    let document = Document::new(&parts, &packed, most)?;
    bytearray(blob.py(), document.longest(), |unfilled| document.write(unfilled))
}
