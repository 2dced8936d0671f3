//! A window and what is read behind it.

use super::WINDOW;

/// Eight bytes are read from the first digit of an integer on.
pub(super) const READ: usize = WINDOW + 8;

/// The next bytes of a text, or its end with zeros, which are part of nothing, behind it.
#[inline(always)]
#[expect(clippy::inline_always, reason = "for the loops of the kernels")]
pub(super) fn near<'a>(text: &'a [u8], room: &'a mut [u8; READ]) -> &'a [u8; READ] {
    text.first_chunk().unwrap_or_else(|| padded(text, room))
}

#[cold]
fn padded<'a>(text: &[u8], room: &'a mut [u8; READ]) -> &'a [u8; READ] {
    room.fill(0);
    room[..text.len()].copy_from_slice(text);
    room
}
