//! The structures of Arrow's C data and stream interfaces, which their consumer must release.
#![expect(unsafe_code, reason = "the interface is structures with callbacks")]

use std::ffi::{CStr, c_char, c_int, c_void};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

type Release<T> = Option<unsafe extern "C" fn(*mut T)>;
type Get<T> = Option<unsafe extern "C" fn(*mut Stream, *mut T) -> c_int>;

/// The type of the numbers.
#[repr(C)]
pub(super) struct Schema {
    pub(super) format: *const c_char,
    pub(super) name: *const c_char,
    pub(super) metadata: *const c_char,
    pub(super) flags: i64,
    pub(super) n_children: i64,
    pub(super) children: *mut *mut Self,
    pub(super) dictionary: *mut Self,
    pub(super) release: Release<Self>,
    pub(super) private_data: *mut c_void,
}

/// Where the numbers are.
#[repr(C)]
pub(super) struct Array {
    pub(super) length: i64,
    pub(super) null_count: i64,
    pub(super) offset: i64,
    pub(super) n_buffers: i64,
    pub(super) n_children: i64,
    pub(super) buffers: *const *const c_void,
    pub(super) children: *mut *mut Self,
    pub(super) dictionary: *mut Self,
    pub(super) release: Release<Self>,
    pub(super) private_data: *mut c_void,
}

impl Array {
    /// Other rows of the same memory; what comes back is not to be released.
    pub(super) fn rows(&self, offset: i64, length: i64) -> Self {
        Self { offset, length, release: None, ..*self }
    }
}

/// A source of arrays.
#[repr(C)]
pub(super) struct Stream {
    pub(super) get_schema: Get<Schema>,
    pub(super) get_next: Get<Array>,
    get_last_error: Option<unsafe extern "C" fn(*mut Self) -> *const c_char>,
    release: Release<Self>,
    private_data: *mut c_void,
}

/// What the three have in common. All zeros are valid, and mean that it was released.
pub(super) trait Structure: Sized {
    const CAPSULE: &CStr;
    fn release(&mut self) -> &mut Release<Self>;
}

impl Structure for Schema {
    const CAPSULE: &CStr = c"arrow_schema";
    fn release(&mut self) -> &mut Release<Self> {
        &mut self.release
    }
}

impl Structure for Array {
    const CAPSULE: &CStr = c"arrow_array";
    fn release(&mut self) -> &mut Release<Self> {
        &mut self.release
    }
}

impl Structure for Stream {
    const CAPSULE: &CStr = c"arrow_array_stream";
    fn release(&mut self) -> &mut Release<Self> {
        &mut self.release
    }
}

/// A structure that is ours, and released when dropped.
#[repr(transparent)]
pub(super) struct Held<T: Structure>(pub(super) T);

// SAFETY: a consumer may use and release a structure in any thread, as long as it does so in one at a time;
// through a shared reference only numbers and pointers are read.
unsafe impl<T: Structure> Send for Held<T> {}
// SAFETY: as above.
unsafe impl<T: Structure> Sync for Held<T> {}

impl<T: Structure> Held<T> {
    /// Moves a structure out of its capsule.
    pub(super) fn taken(capsule: &Bound<'_, PyCapsule>) -> PyResult<Self> {
        let place = capsule.pointer_checked(Some(T::CAPSULE))?.cast::<T>().as_ptr();
        // SAFETY: a capsule of this name has such a structure, and the GIL keeps others from moving it.
        let mut held = unsafe { Self(place.read()) };
        // SAFETY: as above; this marks it as moved, so that the capsule does not release it.
        unsafe { *(*place).release() = None };
        if held.0.release().is_some() { Ok(held) } else { Err(malformed("it was consumed before")) }
    }
}

impl<T: Structure> Drop for Held<T> {
    fn drop(&mut self) {
        if let Some(release) = *self.0.release() {
            // SAFETY: it was not released, and is no longer used.
            unsafe { release(&raw mut self.0) };
        }
    }
}

impl Held<Stream> {
    /// What a callback of the stream gives.
    pub(super) fn get<T: Structure>(&mut self, callback: Get<T>) -> PyResult<Held<T>> {
        let callback = callback.ok_or_else(|| malformed("its stream lacks a callback"))?;
        // SAFETY: numbers, pointers and optional functions may be zero.
        let mut given = Held(unsafe { std::mem::zeroed::<T>() });
        // SAFETY: the stream was not released, and there is room for what it gives.
        match unsafe { callback(&raw mut self.0, &raw mut given.0) } {
            0 => Ok(given),
            code => Err(self.failure(code)),
        }
    }

    fn failure(&mut self, code: c_int) -> PyErr {
        // SAFETY: the stream was not released, and its last call failed.
        let text = self.0.get_last_error.map(|last| unsafe { last(&raw mut self.0) });
        let text = text.filter(|text| !text.is_null());
        // SAFETY: the text ends in a NUL, and is valid until the next call.
        let text = text.map_or("".into(), |text| unsafe { CStr::from_ptr(text) }.to_string_lossy());
        PyValueError::new_err(format!("the Arrow stream failed with code {code}: {text}"))
    }
}

/// The error of a producer that does not keep to the interface.
pub(super) fn malformed(how: &str) -> PyErr {
    PyValueError::new_err(format!("a malformed Arrow array: {how}"))
}
