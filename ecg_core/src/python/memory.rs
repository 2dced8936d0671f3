//! Objects of Python that grow with an input: where memory ends, PyO3's own constructors panic.

use std::mem::{self, MaybeUninit};
use std::ptr::null;
use std::slice;

use pyo3::IntoPyObject;
use pyo3::exceptions::PyMemoryError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyList};

use super::gil::detached;
use crate::memory::OutOfMemory;
use crate::text::Text;

impl From<OutOfMemory> for PyErr {
    fn from(error: OutOfMemory) -> Self {
        PyMemoryError::new_err(error.to_string())
    }
}

/// A copy of some bytes; of many it is made without the GIL.
#[expect(unsafe_code, reason = "PyO3's safe function that returns errors fills the bytes with zeros first")]
pub(super) fn bytes<'py>(py: Python<'py>, content: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
    let len = content.len().cast_signed();
    // SAFETY: CPython returns a new object with room for so many bytes, or null and an exception.
    let object = unsafe { Bound::from_owned_ptr_or_err(py, ffi::PyBytes_FromStringAndSize(null(), len)) }?;
    // SAFETY: so many bytes are there, and nobody else knows of an object that has any.
    let room = unsafe {
        let start = ffi::PyBytes_AsString(object.as_ptr()).cast::<MaybeUninit<u8>>();
        slice::from_raw_parts_mut(start, content.len())
    };
    let copy = || room.iter_mut().zip(content).for_each(|(byte, &given)| _ = byte.write(given));
    detached(py, content.len(), copy);
    Ok(object.cast_into()?)
}

/// Memory of an object of Python that is filled from its beginning.
pub(super) struct Unfilled<'a> {
    left: &'a mut [MaybeUninit<u8>],
    filled: usize,
}

#[expect(unsafe_code, reason = "what is written there is known to the caller only")]
impl Text for Unfilled<'_> {
    fn add(&mut self, content: &[u8]) -> Result<(), OutOfMemory> {
        let room = self.left.get_mut(..content.len()).ok_or(OutOfMemory)?;
        room.iter_mut().zip(content).for_each(|(byte, &given)| _ = byte.write(given));
        // SAFETY: so many bytes were written.
        unsafe { self.filled(content.len()) };
        Ok(())
    }

    fn unfilled(&mut self) -> &mut [MaybeUninit<u8>] {
        self.left
    }

    unsafe fn filled(&mut self, len: usize) {
        self.left = &mut mem::take(&mut self.left)[len..];
        self.filled += len;
    }
}

/// What `fill` writes, at most so many bytes; of many it is written without the GIL.
#[expect(unsafe_code, reason = "PyO3's safe function fills the bytes with zeros first")]
pub(super) fn bytearray<E: Send>(
    py: Python<'_>,
    most: usize,
    fill: impl FnOnce(&mut Unfilled<'_>) -> Result<(), E> + Send,
) -> PyResult<Bound<'_, PyByteArray>>
where
    PyErr: From<E>,
{
    let len = isize::try_from(most).map_err(|_| OutOfMemory)?;
    // SAFETY: CPython returns a new object with room for so many bytes, or null and an exception.
    let object =
        unsafe { Bound::from_owned_ptr_or_err(py, ffi::PyByteArray_FromStringAndSize(null(), len)) }?;
    // SAFETY: so many bytes are there, and nobody else knows of the object.
    let left = unsafe {
        let start = ffi::PyByteArray_AsString(object.as_ptr()).cast::<MaybeUninit<u8>>();
        slice::from_raw_parts_mut(start, most)
    };
    let mut unfilled = Unfilled { left, filled: 0 };
    detached(py, most, || fill(&mut unfilled))?;
    let filled = unfilled.filled.cast_signed();
    // SAFETY: it is a bytearray of which nobody has a view; what remains of it was written.
    match unsafe { ffi::PyByteArray_Resize(object.as_ptr(), filled) } {
        0 => Ok(object.cast_into()?),
        _ => Err(PyErr::fetch(py)),
    }
}

/// A list of some objects.
pub(super) fn list<'py, T: IntoPyObject<'py>>(
    py: Python<'py>,
    items: impl IntoIterator<Item = T>,
) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(py);
    items.into_iter().try_for_each(|item| list.append(item))?;
    Ok(list)
}
