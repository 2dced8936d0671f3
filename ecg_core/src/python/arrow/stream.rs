//! Columns in chunks, copied together.
#![expect(unsafe_code, reason = "the chunks are behind pointers")]

use pyo3::prelude::*;

use super::abi::{Array, Held, Stream, Structure};
use super::column::{Column, Owner, numbers};
use super::layout::Layout;
use crate::memory::Room;

/// The numbers of all chunks. A producer may need other threads, so it works without the GIL.
pub(super) fn joined(py: Python<'_>, mut stream: Held<Stream>) -> PyResult<Column> {
    let (get_schema, get_next) = (stream.0.get_schema, stream.0.get_next);
    let layout = Layout::of(&py.detach(|| stream.get(get_schema))?.0)?;
    let kind = layout.kind;
    let mut bytes = Vec::new();
    loop {
        let mut chunk = py.detach(|| stream.get(get_next))?;
        if chunk.0.release().is_none() {
            break; // this ends a stream
        }
        append(&mut bytes, &chunk, &layout)?;
        py.check_signals()?; // there may be no end
    }
    let len = (bytes.len() / kind.size()).cast_signed();
    Ok(Column { kind, start: bytes.as_ptr().expose_provenance(), len, _owner: Owner::Copy(bytes) })
}

fn append(bytes: &mut Vec<u8>, chunk: &Held<Array>, layout: &Layout) -> PyResult<()> {
    let (kind, before) = (layout.kind, bytes.len() / layout.kind.size());
    let (start, len) = numbers(&layout.numbers(&chunk.0, before)?, kind, before)?;
    let size = len * kind.size();
    bytes.make_room(size)?;
    // SAFETY: the chunk, which is held, has these bytes, and there is room for them behind ours.
    unsafe {
        start.copy_to_nonoverlapping(bytes.as_mut_ptr().add(bytes.len()), size);
        bytes.set_len(bytes.len() + size);
    }
    Ok(())
}
