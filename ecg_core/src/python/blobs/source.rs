//! The bytes of a blob, in memory or from a function.

use std::ops::{Deref, Range};

use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;

use crate::python::errors::BlobError;
use crate::python::inputs::octets::octets;

/// Where the bytes of a blob are.
pub(crate) enum Source {
    Bytes(PyBackedBytes),
    /// A function of start and stop, and how many bytes there are.
    Function(Py<PyAny>, usize),
}

/// Some of them.
pub(super) enum Piece<'a> {
    There(&'a [u8]),
    Read(PyBackedBytes),
}

impl Deref for Piece<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::There(bytes) => bytes,
            Self::Read(bytes) => bytes,
        }
    }
}

impl Source {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Function(_, size) => *size,
        }
    }

    pub(super) fn read(&self, py: Python<'_>, range: Range<usize>) -> PyResult<Piece<'_>> {
        let cut = || BlobError::new_err("the blob is cut off");
        match self {
            Self::Bytes(bytes) => bytes.get(range).map(Piece::There).ok_or_else(cut),
            Self::Function(..) if range.is_empty() => Ok(Piece::There(&[])),
            Self::Function(read, size) => {
                if range.end > *size {
                    return Err(cut());
                }
                let wanted = range.len();
                let bytes = octets(&read.bind(py).call1((range.start, range.end))?)?;
                if bytes.len() == wanted { Ok(Piece::Read(bytes)) } else { Err(cut()) }
            }
        }
    }
}
