//! Parts of a sequence, as slices of Python choose them.

use std::ops::Range;

use pyo3::prelude::*;
use pyo3::types::PySlice;

/// The positions of `start:stop` in a sequence of this length.
pub(crate) fn cut(
    py: Python<'_>,
    start: Option<&Bound<'_, PyAny>>,
    stop: Option<&Bound<'_, PyAny>>,
    len: isize,
) -> PyResult<Range<usize>> {
    let slice = py.get_type::<PySlice>().call1((start, stop))?.cast_into::<PySlice>()?.indices(len)?;
    let first = slice.start.cast_unsigned();
    Ok(first..first + slice.slicelength)
}
