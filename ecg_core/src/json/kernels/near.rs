//! The loop of kernels that take the digits of each integer through a general register.
#![expect(unsafe_code, reason = "the length of a vector is set")]

use std::mem::MaybeUninit;

use super::tokens::{Bytes, Tokens};
use super::{MOST, WINDOW};

/// Eight bytes are read from the first digit of an integer on.
const READ: usize = WINDOW + 8;

/// A window and what is read behind it.
pub(super) type Near = [u8; READ];
/// For the integers of a window.
pub(super) type Room = [MaybeUninit<i32>; MOST];

/// Reads integers as [`super::many`] does; `write` returns how many places of the room it filled.
#[inline(always)]
#[expect(clippy::inline_always, reason = "for the instructions of the caller")]
pub(super) fn many(
    text: &[u8],
    mut at: usize,
    integers: &mut Vec<i32>,
    bytes: impl Fn(&Near) -> Bytes,
    write: impl Fn(&Near, &Tokens, &mut Room) -> usize,
) -> usize {
    let mut copy = [0; READ];
    while let Some(rest) = text.get(at..) {
        let Some(room) = integers.spare_capacity_mut().first_chunk_mut() else { break };
        let near = rest.first_chunk().unwrap_or_else(|| padded(rest, &mut copy));
        let Some(tokens) = bytes(near).tokens() else { break };
        let count = write(near, &tokens, room);
        // SAFETY: `write` filled `count` places; runs of digits do not touch, so `MOST` is enough.
        unsafe { integers.set_len(integers.len() + count) };
        at += tokens.len;
    }
    at
}

/// The end of a text with zeros, which are part of nothing, behind it.
#[cold]
fn padded<'a>(text: &[u8], room: &'a mut Near) -> &'a Near {
    room.fill(0);
    room[..text.len()].copy_from_slice(text);
    room
}
