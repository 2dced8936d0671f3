//! Opening blobs.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::PyList;

use super::packed::PackedSignal;
use super::source::Source;
use crate::blob::{self, HEAD};
use crate::memory::collected;
use crate::python::arguments::{Cut, at_most};
use crate::python::inputs::octets::octets;

/// All signals of a blob, packed, if they have at most so many samples.
pub(crate) fn all(source: Source, py: Python<'_>, most: Option<u64>) -> PyResult<Vec<PackedSignal>> {
    let head = blob::head_len(&source.read(py, 0..HEAD)?)?;
    let places = blob::places(&source.read(py, 0..head)?, source.len())?;
    let (samples, max) =
        (places.iter().map(|place| u64::from(place.lead().samples)).sum(), most.unwrap_or(u64::MAX));
    if samples > max {
        return Err(blob::BlobError::TooManySamples { samples, max }.into());
    }
    let source = Arc::new(source);
    collected(places.into_iter().map(|place| {
        let range = 0..place.lead().samples as usize;
        Ok(PackedSignal { source: source.clone(), place, range })
    }))
}

/// Open a blob without unpacking it.
///
/// Parameters
/// ----------
/// source : bytes-like or callable
///     What `pack` returned, or a function that returns its bytes from a start to a stop.
/// size : int, optional
///     How many bytes the blob has, if `source` is a function.
/// max_samples : int, optional
///     The most samples that all signals may have together.
///
/// Returns
/// -------
/// list of PackedSignal
///     One for each signal. Of a function only the header and the table are read.
///
/// Raises
/// ------
/// BlobError
///     If the header or the table is damaged, or the blob says that it has more samples.
///
/// Examples
/// --------
/// >>> from ecg_core import Signal, open_blob, pack
/// >>> blob = pack([Signal([7, -7, 5])])
/// >>> [signal] = open_blob(lambda start, stop: blob[start:stop], len(blob))
/// >>> signal[1:].unpack().to_list()
/// [-7, 5]
#[pyfunction]
#[pyo3(signature = (source, /, size=None, *, max_samples=None))]
pub(crate) fn open_blob<'py>(
    source: &Bound<'py, PyAny>,
    size: Option<Cut>,
    max_samples: Option<Cut>,
) -> PyResult<Bound<'py, PyList>> {
    let (py, most) = (source.py(), at_most(max_samples, "max_samples")?);
    let source = match size {
        None => Source::Bytes(octets(source)?),
        size => Source::Function(source.clone().unbind(), at_most(size, "size")?),
    };
    let list = PyList::empty(py);
    all(source, py, Some(most))?.into_iter().try_for_each(|signal| list.append(signal))?;
    Ok(list)
}
