//! Loops that the compiler vectorises where it can.

use super::block::{BLOCK, Residuals, best_order, best_width, head, limit};
use crate::bits::portable::bits;
use crate::blob::head::Head;

/// Of a float, what its exponent exceeds the bits of its integer by.
pub(super) const BIAS: u8 = 126;

pub(super) fn split(block: &[i32; BLOCK], out: &mut Residuals) -> Head {
    let once = differences(block, block[0]);
    let twice = differences(&once, 0);
    let none = block.map(|sample| sample.wrapping_sub(block[0]));
    let order = best_order([sum(&none), sum(&once), sum(&twice)]);
    let all = zigzag([&none, &once, &twice][usize::from(order)], &mut out.low);
    let most = (32 - all.leading_zeros()).to_le_bytes()[0];
    let exponents = exponents(&out.low);
    let width = best_width(most, |width| {
        let larger = exponents.iter().map(|&exponent| u8::from(exponent > BIAS + width));
        larger.fold(0, u8::wrapping_add)
    });
    let large = |half: usize| bits(&exponents[64 * half..][..64], |exponent| exponent > BIAS + width);
    let patches = if width < most { cut(width, [0, 1].map(large), out) } else { 0 };
    head(block[0], order, most, width, patches)
}

/// The difference of each number to the one before.
fn differences(block: &[i32; BLOCK], before: i32) -> [i32; BLOCK] {
    let mut differences = [block[0].wrapping_sub(before); BLOCK];
    for (difference, pair) in differences[1..].iter_mut().zip(block.windows(2)) {
        *difference = pair[1].wrapping_sub(pair[0]);
    }
    differences
}

fn sum(residuals: &[i32; BLOCK]) -> u32 {
    residuals.iter().fold(0, |sum, residual| sum.wrapping_add(residual.unsigned_abs()))
}

/// Makes small numbers of either sign small, and returns all their bits together.
fn zigzag(residuals: &[i32; BLOCK], out: &mut [u32; BLOCK]) -> u32 {
    let mut all = 0;
    for (zigzag, residual) in out.iter_mut().zip(residuals) {
        *zigzag = (residual << 1 ^ residual >> 31).cast_unsigned();
        all |= *zigzag;
    }
    all
}

/// Those of the residuals as floats, [`BIAS`] more than their bits. Rounding adds 1 to few large ones.
#[expect(clippy::cast_possible_truncation, reason = "an exponent has 8 bits and there is no sign")]
#[expect(clippy::cast_precision_loss, reason = "only the exponent is of interest")]
fn exponents(residuals: &[u32; BLOCK]) -> [u8; BLOCK] {
    let mut exponents = [0; BLOCK];
    for (exponent, &residual) in exponents.iter_mut().zip(residuals) {
        let float = residual.min(i32::MAX.cast_unsigned()).cast_signed() as f32;
        *exponent = (float.to_bits() >> 23) as u8;
    }
    exponents
}

/// Makes patches of the bits above the width, and returns how many; `large` has a bit for each residual that
/// may have some.
pub(super) fn cut(width: u8, large: [u64; 2], out: &mut Residuals) -> u8 {
    let mut patches = 0;
    for (half, mut large) in (0_u32..).zip(large) {
        while large > 0 {
            let position = 64 * half + large.trailing_zeros();
            large &= large - 1;
            let residual = &mut out.low[position as usize];
            out.patches[usize::from(patches)] = *residual >> width << 7 | position;
            patches += u8::from(*residual >> width > 0); // else it was rounded
            *residual &= limit(width);
        }
    }
    patches
}

pub(super) fn join(residuals: &[u32; BLOCK], order: u8, first: i32, samples: &mut Vec<i32>) {
    let mut block = residuals.map(|zigzag| (zigzag >> 1 ^ (zigzag & 1).wrapping_neg()).cast_signed());
    match order {
        0 => block.iter_mut().for_each(|slot| *slot = slot.wrapping_add(first)),
        1 => add_up(&mut block, first),
        _ => {
            add_up(&mut block, 0);
            add_up(&mut block, first);
        }
    }
    samples.extend_from_slice(&block);
}

/// Adds to each number all before it, and `sum`.
fn add_up(block: &mut [i32; BLOCK], mut sum: i32) {
    for slot in block {
        sum = sum.wrapping_add(*slot);
        *slot = sum;
    }
}
