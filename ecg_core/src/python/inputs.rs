//! What samples may come as: together, one by one, or as rows.

use pyo3::buffer::PyUntypedBuffer;
use pyo3::prelude::*;

use super::buffers::View;
use super::together::{is_row, is_untyped_buffer, together};
use super::{numbers, rows};

/// The numbers of an object; masked and null ones are an error unless there may be `gaps`.
pub(super) fn view(samples: &Bound<'_, PyAny>, gaps: bool) -> PyResult<View> {
    match PyUntypedBuffer::get(samples) {
        Ok(buffer) if !is_untyped_buffer(samples, &buffer) => View::of(buffer, samples, gaps),
        _ => View::of_owner(&readable(samples, gaps)?, gaps),
    }
}

/// Something with a whole buffer of these samples.
fn readable<'py>(samples: &Bound<'py, PyAny>, gaps: bool) -> PyResult<Bound<'py, PyAny>> {
    if let Some(together) = together(samples)? {
        return Ok(together);
    }
    let items = numbers::listed(samples)?;
    if items.try_iter()?.next().transpose()?.is_some_and(|first| is_row(&first)) {
        rows::array(&items, gaps)
    } else {
        numbers::buffer(&items)
    }
}
