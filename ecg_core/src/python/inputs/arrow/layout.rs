//! Where an Arrow array has its numbers: in itself or, if it is a struct, in its only column.
#![expect(unsafe_code, reason = "the columns are behind pointers")]

use std::ffi::{CStr, c_char};

use pyo3::prelude::*;

use super::abi::{Array, Schema, malformed};
use super::column::{Kind, Part};
use crate::python::inputs::table;

/// The type of the numbers, and where they are.
pub(super) struct Layout {
    pub(super) kind: &'static Kind,
    in_struct: bool,
}

impl Layout {
    pub(super) fn of(schema: &Schema) -> PyResult<Self> {
        if text(schema.format) != Some(c"+s") {
            return Ok(Self { kind: Kind::of(schema)?, in_struct: false });
        }
        let columns = usize::try_from(schema.n_children).map_err(|_| malformed("a negative count"))?;
        let names = (0..columns).map(|index| {
            let name = child(schema.children, index).map(|column| text(column.name).unwrap_or_default());
            Ok(name?.to_string_lossy().into_owned())
        });
        table::single(columns, names)?;
        let column = child(schema.children, 0)?;
        there(column.release)?;
        Ok(Self { kind: Kind::of(column)?, in_struct: true })
    }

    /// The numbers of an array.
    pub(super) fn part(&self, array: &Array) -> PyResult<Part> {
        if !self.in_struct {
            return Ok(Part { numbers: array.rows(array.offset, array.length), rows: None });
        }
        if array.n_children != 1 || array.n_buffers != 1 || array.buffers.is_null() {
            return Err(malformed("a struct has one buffer, and the columns of its schema"));
        }
        let column = child(array.children, 0)?;
        there(column.release)?;
        let whole = |value: i64| usize::try_from(value).map_err(|_| malformed("a negative length or offset"));
        let (start, len) = (whole(array.offset)?, whole(array.length)?);
        if start.checked_add(len).is_none_or(|end| end > whole(column.length).unwrap_or(0)) {
            return Err(malformed("a column is shorter than its struct"));
        }
        // SAFETY: so many pointers are there.
        let validity = unsafe { array.buffers.cast::<*const u8>().read() };
        if array.null_count > 0 && validity.is_null() {
            return Err(malformed("a buffer is missing"));
        }
        let rows = (array.null_count != 0 && !validity.is_null()).then_some((validity, start));
        let offset =
            column.offset.checked_add(array.offset).ok_or_else(|| malformed("an offset beyond memory"));
        Ok(Part { numbers: column.rows(offset?, array.length), rows })
    }
}

fn child<'a, T>(children: *const *mut T, index: usize) -> PyResult<&'a T> {
    // SAFETY: the caller's structure, which is held, has a pointer for each child, if it has any
    let child = unsafe { children.as_ref().and_then(|_| children.add(index).read().as_ref()) };
    child.ok_or_else(|| malformed("a column is missing"))
}

/// A column that was moved out of its struct no longer has its memory there.
fn there<T>(release: Option<T>) -> PyResult<()> {
    release.map(|_| ()).ok_or_else(|| malformed("a column was consumed before"))
}

fn text<'a>(start: *const c_char) -> Option<&'a CStr> {
    // SAFETY: text ends in a NUL, and is used while its structure is held
    (!start.is_null()).then(|| unsafe { CStr::from_ptr(start) })
}
