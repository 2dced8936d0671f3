//! Tables, which are samples if they have one column.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

/// As many columns as a recording has leads are named.
const NAMED: usize = 12;

/// An error that names the columns, unless there is exactly one.
pub(crate) fn single(count: usize, names: impl Iterator<Item = PyResult<String>>) -> PyResult<()> {
    if count == 1 {
        return Ok(());
    }
    let first = names.take(NAMED).collect::<PyResult<Vec<String>>>()?.join(", ");
    let more = if count > NAMED { ", …" } else { "" };
    Err(PyTypeError::new_err(format!("a table of {count} columns ({first}{more}): choose one of them")))
}
