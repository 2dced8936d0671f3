//! How far a document was read, and what was taken out of it.

use super::reader::Reader;
use crate::json::{Keys, Lifted, MAX_POINTER, Step};
use crate::memory::{OutOfMemory, Room};

/// A place in a document, what is above it, and what was taken out so far.
pub(super) struct Lift<'a, G> {
    pub(super) reader: Reader<'a>,
    pub(super) key: &'a [u8],
    pub(super) max_signals: usize,
    pub(super) keys: Keys<'a>,
    pub(super) depth: usize,
    pub(super) lifted: Lifted<G>,
    /// Where the part of the document begins that is not in the skeleton yet.
    pub(super) kept: usize,
}

impl<G> Lift<'_, G> {
    /// Copies the document into the skeleton, up to a place.
    pub(super) fn keep(&mut self, end: usize) -> std::result::Result<(), OutOfMemory> {
        self.lifted.skeleton.add_all(&self.reader.body[self.kept..end])
    }
}

/// A key for a pointer: of a long one only more than any pointer has room for.
pub(super) fn component(key: &[u8]) -> Step {
    Step::Key(String::from_utf8_lossy(&key[..key.len().min(2 * MAX_POINTER)]).into_owned())
}
