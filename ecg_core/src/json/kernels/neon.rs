//! NEON, which compares bytes: the integers come through general registers, one after the other.
#![expect(unsafe_code, reason = "loads take pointers, and the room is not initialised")]
#![cfg_attr(not(test), expect(clippy::wildcard_imports, reason = "intrinsics have unique names"))]

use std::arch::aarch64::*;
use std::array::from_fn;

use super::near::{self, Near, Room};
use super::tokens::{Bytes, Tokens};
use crate::bits::neon::ones;
use crate::json::integers::{ZEROS, decimal, signed};

#[target_feature(enable = "neon")]
pub(super) fn many(text: &[u8], at: usize, integers: &mut Vec<i32>) -> usize {
    near::many(text, at, integers, |near| bytes(near), write)
}

#[target_feature(enable = "neon")]
fn bytes(near: &Near) -> Bytes {
    let window: [_; 4] = from_fn(|part| {
        // SAFETY: sixteen bytes are as long as the register.
        unsafe { vld1q_u8(near[16 * part..16 * part + 16].as_ptr()) }
    });
    let is = |byte: u8| ones(window.map(|part| vceqq_u8(part, vdupq_n_u8(byte))));
    Bytes {
        digits: ones(window.map(|part| vcleq_u8(vsubq_u8(part, vdupq_n_u8(b'0')), vdupq_n_u8(9)))),
        zeros: is(b'0'),
        commas: is(b','),
        minuses: is(b'-'),
        spaces: ones(window.map(|part| are_spaces(part))),
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
fn write(near: &Near, tokens: &Tokens, room: &mut Room) -> usize {
    let count = tokens.starts.count_ones() as usize;
    let (mut starts, mut ends) = (tokens.starts, tokens.ends);
    for place in &mut room[..count] {
        let (start, end) = (starts.trailing_zeros(), ends.trailing_zeros());
        (starts, ends) = (starts & (starts - 1), ends & (ends - 1));
        // SAFETY: `start` is below 64, which leaves eight bytes.
        let digits = unsafe { near.as_ptr().add(start as usize).cast::<u64>().read_unaligned() };
        let digits = (digits ^ ZEROS).wrapping_shl(start.wrapping_sub(end) << 3);
        place.write(signed(decimal(digits), tokens.negative >> start & 1 != 0));
    }
    count
}
