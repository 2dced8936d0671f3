//! The loop of the kernels: windows of text in, integers out.
#![expect(unsafe_code, reason = "the length of a vector is set")]

use std::mem::MaybeUninit;

use super::tokens::{Bytes, Tokens};
use super::window::{MOST, WINDOW};

/// Eight bytes are read from the first digit of an integer on.
const READ: usize = WINDOW + 8;

/// The bytes of a window and what may be read behind them.
pub(super) type Window = [u8; READ];
/// Places for the integers of a window.
pub(super) type Places = [MaybeUninit<i32>; MOST];

/// Reads integers up to the first window that is not plain up to its last comma. `classify` looks only at the window itself; `write` may write
/// to all places, and returns how many integers it wrote.
#[inline(always)]
#[expect(clippy::inline_always, reason = "for the instructions of the caller")]
pub(super) fn read_windows(
    text: &[u8],
    mut at: usize,
    integers: &mut Vec<i32>,
    classify: impl Fn(&Window) -> Bytes,
    write: impl Fn(&Window, &Tokens, &mut Places) -> usize,
) -> usize {
    let mut copy = [0; READ];
    while let Some(rest) = text.get(at..) {
        let Some(places) = integers.spare_capacity_mut().first_chunk_mut() else { break };
        let window = rest.first_chunk().unwrap_or_else(|| padded(rest, &mut copy));
        let Some(tokens) = classify(window).tokens() else { break };
        let count = write(window, &tokens, places);
        // SAFETY: `write` filled `count` places; runs of digits do not touch, so `MOST` is enough.
        unsafe { integers.set_len(integers.len() + count) };
        at += tokens.len;
    }
    at
}

/// The end of a text with zeros, which are part of nothing, behind it.
#[cold]
fn padded<'a>(text: &[u8], copy: &'a mut Window) -> &'a Window {
    copy.fill(0);
    copy[..text.len()].copy_from_slice(text);
    copy
}
