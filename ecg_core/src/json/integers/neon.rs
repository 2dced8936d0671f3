//! NEON, which compares bytes: the integers come through general registers, one after the other.
#![expect(unsafe_code, reason = "loads take pointers, and the places are not initialised")]
#![cfg_attr(not(test), expect(clippy::wildcard_imports, reason = "intrinsics have unique names"))]

use std::arch::aarch64::*;
use std::array::from_fn;

use super::digits::{ZEROS, decimal, signed};
use super::tokens::{Bytes, Tokens};
use super::windows::{Places, Window, read_windows};
use crate::bits::neon::bits_of_64_bytes;

#[target_feature(enable = "neon")]
pub(super) fn read_plain(text: &[u8], at: usize, integers: &mut Vec<i32>) -> usize {
    read_windows(text, at, integers, |window| classify(window), write)
}

#[target_feature(enable = "neon")]
fn classify(window: &Window) -> Bytes {
    let quarters: [_; 4] = from_fn(|part| {
        // SAFETY: sixteen bytes are as long as the register.
        unsafe { vld1q_u8(window[16 * part..16 * part + 16].as_ptr()) }
    });
    let is = |byte: u8| bits_of_64_bytes(quarters.map(|part| vceqq_u8(part, vdupq_n_u8(byte))));
    Bytes {
        digits: bits_of_64_bytes(
            quarters.map(|part| vcleq_u8(vsubq_u8(part, vdupq_n_u8(b'0')), vdupq_n_u8(9))),
        ),
        zeros: is(b'0'),
        commas: is(b','),
        minuses: is(b'-'),
        spaces: bits_of_64_bytes(quarters.map(|part| are_spaces(part))),
    }
}

/// By its low half, a byte finds the only space that it could be.
#[target_feature(enable = "neon")]
fn are_spaces(bytes: uint8x16_t) -> uint8x16_t {
    const SPACES: [u8; 16] = [b' ', 0, 0, 0, 0, 0, 0, 0, 0, b'\t', b'\n', 0, 0, b'\r', 0, 0];
    // SAFETY: the array is as long as the register.
    let spaces = unsafe { vld1q_u8(SPACES.as_ptr()) };
    vceqq_u8(bytes, vqtbl1q_u8(spaces, vandq_u8(bytes, vdupq_n_u8(15))))
}

/// Writes the integers, and returns how many there are.
fn write(window: &Window, tokens: &Tokens, places: &mut Places) -> usize {
    let count = tokens.starts.count_ones() as usize;
    let (mut starts, mut ends) = (tokens.starts, tokens.ends);
    for place in &mut places[..count] {
        let (start, end) = (starts.trailing_zeros(), ends.trailing_zeros());
        (starts, ends) = (starts & (starts - 1), ends & (ends - 1));
        // SAFETY: `start` is below 64, which leaves eight bytes.
        let digits = unsafe { window.as_ptr().add(start as usize).cast::<u64>().read_unaligned() };
        let digits = (digits ^ ZEROS).wrapping_shl(start.wrapping_sub(end) << 3);
        place.write(signed(decimal(digits), tokens.negative >> start & 1 != 0));
    }
    count
}
