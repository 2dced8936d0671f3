//! Which samples of a word are missing, once one of them may be.
#![expect(unsafe_code, reason = "the samples may lie in memory of Python")]

use crate::bits::portable::bits;
use crate::crossings::level::Level;
use crate::crossings::signs::{Signed, WORD};

/// What [`holes`] does.
pub(super) trait Holes<T>: Fn((*const T, usize), u64, Option<T>) -> Result<u64, usize> + Copy {}

impl<T, F: Fn((*const T, usize), u64, Option<T>) -> Result<u64, usize> + Copy> Holes<T> for F {}

/// The missing ones of up to [`WORD`] samples, or the place of a NaN that is not; `equal` finds those equal to a level.
#[inline(always)]
#[expect(clippy::inline_always, reason = "for the instructions of the caller")]
pub(super) fn holes<T: Signed>(
    (start, len): (*const T, usize),
    marked: u64,
    missing: Option<T>,
    equal: impl Fn(T) -> u64,
) -> Result<u64, usize> {
    // SAFETY: so many samples are readable there, aligned or not.
    let samples = unsafe { start.cast::<[T; WORD]>().read_unaligned() };
    let any = samples.iter().fold(false, |any, sample| any | sample.is_nan());
    let nan = if any { bits(&samples, T::is_nan) } else { 0 };
    let missing = marked
        | match missing {
            None => 0,
            Some(number) if number.is_nan() => nan,
            Some(number) if number.is_finite() && number.known() == Level::Plain => equal(number),
            Some(number) => bits(&samples, |sample| sample.equals(number)),
        };
    let first = (nan & !missing).trailing_zeros() as usize;
    if first < len { Err(first) } else { Ok(missing) }
}
