//! Columns in chunks, copied together.
#![expect(unsafe_code, reason = "the chunks are behind pointers")]

use pyo3::prelude::*;

use super::abi::{Array, Held, Stream, Structure};
use super::column::{Column, Owner, numbers};
use super::layout::Layout;
use crate::memory::Room;
use crate::python::memory::bytes as octets;

/// The numbers of all chunks. A producer may need other threads, so it works without the GIL.
pub(super) fn joined(py: Python<'_>, mut stream: Held<Stream>) -> PyResult<Column> {
    let (get_schema, get_next) = (stream.0.get_schema, stream.0.get_next);
    let layout = Layout::of(&py.detach(|| stream.get(get_schema))?.0)?;
    let kind = layout.kind;
    let mut joined = Joined { bytes: Vec::new(), nulls: Vec::new() };
    loop {
        let mut chunk = py.detach(|| stream.get(get_next))?;
        if chunk.0.release().is_none() {
            break; // this ends a stream
        }
        joined.append(&chunk, &layout)?;
        py.check_signals()?; // there may be no end
    }
    let Joined { bytes, nulls } = joined;
    let len = (bytes.len() / kind.size()).cast_signed();
    let nulls = if nulls.is_empty() { None } else { Some(octets(py, &nulls)?.unbind()) };
    Ok(Column { kind, start: bytes.as_ptr().expose_provenance(), len, nulls, _owner: Owner::Copy(bytes) })
}

struct Joined {
    bytes: Vec<u8>,
    /// A byte for each number, 1 where it is null; none as long as none is.
    nulls: Vec<u8>,
}

impl Joined {
    fn append(&mut self, chunk: &Held<Array>, layout: &Layout) -> PyResult<()> {
        let (kind, before) = (layout.kind, self.bytes.len() / layout.kind.size());
        let part = layout.part(&chunk.0)?;
        let (start, len) = numbers(&part.numbers, kind)?;
        let size = len * kind.size();
        self.bytes.make_room(size)?;
        // SAFETY: the chunk, which is held, has these bytes, and there is room for them behind ours.
        unsafe {
            start.copy_to_nonoverlapping(self.bytes.as_mut_ptr().add(self.bytes.len()), size);
            self.bytes.set_len(self.bytes.len() + size);
        }
        match part.nulls(len)? {
            None if self.nulls.is_empty() => Ok(()),
            chunk => {
                let more = before + len - self.nulls.len();
                self.nulls.make_room(more)?;
                self.nulls.resize(before, 0);
                self.nulls.extend(chunk.unwrap_or_default());
                self.nulls.resize(before + len, 0);
                Ok(())
            }
        }
    }
}
