//! One text after the other, out of a table.

use std::mem::MaybeUninit;

use super::table::write_one;

/// Samples that are written without a look at the space that is left.
const TOGETHER: usize = 4;

#[inline(always)]
#[expect(clippy::inline_always, reason = "for the instructions of the caller")]
pub(super) fn write(samples: &[i32], out: &mut [MaybeUninit<u8>]) -> Option<usize> {
    let (mut at, (fours, rest)) = (0, samples.as_chunks());
    if !all_short(samples) {
        return None;
    }
    for four in fours {
        at += write_together(four, &mut out[at..]);
    }
    Some(rest.iter().fold(at, |at, &sample| at + write_one(sample, &mut out[at..])))
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "for the instructions of the caller")]
fn all_short(samples: &[i32]) -> bool {
    let shift = |sample: i32| sample.wrapping_sub(i16::MIN.into()).cast_unsigned();
    samples.iter().fold(0, |bits, &sample| bits | shift(sample)) <= u16::MAX.into()
}

fn write_together(samples: &[i32; TOGETHER], out: &mut [MaybeUninit<u8>]) -> usize {
    let out = &mut out[..8 * TOGETHER];
    samples.iter().fold(0, |at, &sample| at + write_one(sample, &mut out[at..]))
}
