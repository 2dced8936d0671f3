//! When the GIL is released.

use pyo3::marker::Ungil;
use pyo3::prelude::*;

/// Work on fewer bytes takes less time than getting the GIL back from busy threads.
const LONG: usize = 64 * 1024;

/// Does work on this many bytes, without the GIL if that is long.
pub(super) fn detached<T: Ungil>(py: Python<'_>, bytes: usize, work: impl FnOnce() -> T + Ungil) -> T {
    if bytes < LONG { work() } else { py.detach(work) }
}
