//! The buffer protocol of `Signal`.

use std::ffi::c_int;
use std::ptr::null_mut;

use pyo3::exceptions::PyBufferError;
use pyo3::ffi;
use pyo3::prelude::*;

use super::signal::PySignal;

static ITEM: isize = 4;

/// The view that a consumer with these flags gets. It points into the frozen object that it keeps alive.
pub(super) fn view(slf: Bound<'_, PySignal>, flags: c_int) -> PyResult<ffi::Py_buffer> {
    let wants = |flag: c_int| flags & flag == flag;
    if wants(ffi::PyBUF_WRITABLE) {
        return Err(PyBufferError::new_err("a Signal is read-only"));
    }
    let this = slf.get();
    Ok(ffi::Py_buffer {
        buf: this.signal.samples().as_ptr().cast_mut().cast(),
        len: this.len * ITEM,
        itemsize: ITEM,
        readonly: 1,
        ndim: 1,
        format: if wants(ffi::PyBUF_FORMAT) { c"i".as_ptr().cast_mut() } else { null_mut() },
        shape: if wants(ffi::PyBUF_ND) { (&raw const this.len).cast_mut() } else { null_mut() },
        strides: if wants(ffi::PyBUF_STRIDES) { (&raw const ITEM).cast_mut() } else { null_mut() },
        suboffsets: null_mut(),
        internal: null_mut(),
        obj: slf.into_any().into_ptr(),
    })
}
