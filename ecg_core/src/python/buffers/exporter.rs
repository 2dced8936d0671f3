//! The buffer protocol of objects that keep numbers of one dimension.

use std::ffi::{CStr, c_int, c_void};
use std::ptr::null_mut;

use pyo3::exceptions::PyBufferError;
use pyo3::prelude::*;
use pyo3::pyclass::boolean_struct::True;
use pyo3::{PyClass, ffi};

/// Numbers where they are, for as long as a frozen object.
pub(crate) struct Contiguous<'a> {
    pub(crate) start: *const c_void,
    pub(crate) len: &'a isize,
    pub(crate) format: &'static CStr,
    pub(crate) size: &'static isize,
}

/// An object that never changes and keeps its numbers where they are.
pub(crate) trait Exporter: PyClass<Frozen = True> + Sync {
    fn exported(&self) -> Contiguous<'_>;
}

/// The view that a consumer with these flags gets. It points into the frozen object that it keeps alive.
pub(crate) fn view<T: Exporter>(slf: Bound<'_, T>, flags: c_int) -> PyResult<ffi::Py_buffer> {
    let wants = |flag: c_int| flags & flag == flag;
    if wants(ffi::PyBUF_WRITABLE) {
        return Err(PyBufferError::new_err("these samples are read-only"));
    }
    let Contiguous { start, len, format, size } = slf.get().exported();
    Ok(ffi::Py_buffer {
        buf: start.cast_mut(),
        len: len * size,
        itemsize: *size,
        readonly: 1,
        ndim: 1,
        format: if wants(ffi::PyBUF_FORMAT) { format.as_ptr().cast_mut() } else { null_mut() },
        shape: if wants(ffi::PyBUF_ND) { (&raw const *len).cast_mut() } else { null_mut() },
        strides: if wants(ffi::PyBUF_STRIDES) { (&raw const *size).cast_mut() } else { null_mut() },
        suboffsets: null_mut(),
        internal: null_mut(),
        obj: slf.into_any().into_ptr(),
    })
}
