//! A loop that the compiler vectorises.

use super::Samples;
use crate::crossings::Sample;

#[inline(always)]
#[expect(clippy::inline_always, reason = "for the instructions of the caller")]
pub(super) fn sides<T: Sample>(samples: &Samples<'_, T>, sides: &mut [i16]) -> bool {
    let mut any_nan = false;
    let around = samples.numbers.iter().zip(samples.levels).zip(samples.above);
    for (side, ((&sample, &level), &above)) in sides.iter_mut().zip(around) {
        let (at, level) = (sample.order(), level.order());
        *side = (i16::from(at > level) - i16::from(at < level)) | above;
        any_nan |= sample.is_nan();
    }
    any_nan
}
