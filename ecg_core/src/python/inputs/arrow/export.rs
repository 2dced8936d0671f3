//! Signals as Arrow arrays of int32, which share the samples.
#![expect(unsafe_code, reason = "the interface is structures with callbacks")]

use std::ffi::c_void;
use std::ptr::{null, null_mut};

use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use super::abi::{Array, Held, Schema, Structure};
use crate::signal::Signal;

const NULLABLE: i64 = 2;

/// What an exported array points to.
struct Shared {
    buffers: [*const c_void; 2],
    _signal: Signal,
}

/// The capsules of a schema and an array, in the order of the interface.
pub(crate) fn exported<'py>(
    py: Python<'py>,
    signal: &Signal,
) -> PyResult<(Bound<'py, PyCapsule>, Bound<'py, PyCapsule>)> {
    Ok((capsule(py, schema())?, capsule(py, array(signal))?))
}

/// A capsule releases what nobody has taken out of it.
fn capsule<T: Structure + 'static>(py: Python<'_>, structure: T) -> PyResult<Bound<'_, PyCapsule>> {
    PyCapsule::new_with_value(py, Held(structure), T::CAPSULE)
}

fn schema() -> Schema {
    Schema {
        format: c"i".as_ptr(),
        name: c"".as_ptr(),
        metadata: null(),
        flags: NULLABLE,
        n_children: 0,
        children: null_mut(),
        dictionary: null_mut(),
        release: Some(released),
        private_data: null_mut(),
    }
}

fn array(signal: &Signal) -> Array {
    let buffers = [null(), signal.samples().as_ptr().cast()];
    let shared = Box::leak(Box::new(Shared { buffers, _signal: signal.clone() }));
    Array {
        length: signal.samples().len().cast_signed() as i64,
        null_count: 0,
        offset: 0,
        n_buffers: 2,
        n_children: 0,
        buffers: shared.buffers.as_ptr(),
        children: null_mut(),
        dictionary: null_mut(),
        release: Some(freed),
        private_data: (&raw mut *shared).cast(),
    }
}

unsafe extern "C" fn released(schema: *mut Schema) {
    // SAFETY: the consumer passes the structure that it holds.
    unsafe { (*schema).release = None };
}

unsafe extern "C" fn freed(array: *mut Array) {
    // SAFETY: the consumer passes the structure that it holds, once; `array` above made what it points to.
    unsafe {
        (*array).release = None;
        drop(Box::from_raw((*array).private_data.cast::<Shared>()));
    }
}
