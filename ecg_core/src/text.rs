//! Text that grows at its end.

use std::mem::MaybeUninit;

use crate::memory::{OutOfMemory, Room};

/// Where text is written, by copies or in the place where it stays.
#[expect(unsafe_code, reason = "memory is not filled before it is written")]
pub(crate) trait Text {
    /// Appends a piece.
    fn add(&mut self, piece: &[u8]) -> Result<(), OutOfMemory>;

    /// The memory behind the text, as far as it is there already.
    fn unfilled(&mut self) -> &mut [MaybeUninit<u8>];

    /// Makes the first bytes of the memory behind it a part of the text.
    ///
    /// # Safety
    /// So many bytes of [`unfilled`](Self::unfilled) have been written since.
    unsafe fn filled(&mut self, len: usize);
}

#[expect(unsafe_code, reason = "the length is set")]
impl Text for Vec<u8> {
    fn add(&mut self, piece: &[u8]) -> Result<(), OutOfMemory> {
        self.add_all(piece)
    }

    fn unfilled(&mut self) -> &mut [MaybeUninit<u8>] {
        self.spare_capacity_mut()
    }

    unsafe fn filled(&mut self, len: usize) {
        // SAFETY: the caller has written so many bytes of its capacity.
        unsafe { self.set_len(self.len() + len) };
    }
}
