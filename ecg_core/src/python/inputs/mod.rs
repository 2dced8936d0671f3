//! What samples may come as: together, one by one, or as rows; and what bytes and several of either come as.
//!
//! - `together`: whatever has its samples in one place: `arrow`, a `table` of one column, `__array__` and others
//! - `numbers`, `rows`: one by one, and as lists of rows
//! - `masked`, `loaded`: NumPy's masked arrays, known without importing NumPy
//! - `samples`: those that a `Signal` keeps
//! - `octets`, `several`: bytes, and iterables of inputs

pub(super) mod arrow;
pub(super) mod loaded;
pub(super) mod masked;
mod numbers;
pub(super) mod octets;
mod rows;
pub(super) mod samples;
pub(super) mod several;
mod table;
mod together;

use pyo3::buffer::PyUntypedBuffer;
use pyo3::prelude::*;

use crate::python::buffers::view::View;
use together::{is_row, is_untyped_buffer, together};

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
