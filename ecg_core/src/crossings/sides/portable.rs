//! Comparisons in a loop, which becomes vectors as it is compiled for its caller.

use crate::crossings::kernels::Sample;

/// As many samples, each beside a level of its own.
pub(crate) struct Samples<'a, T> {
    pub(crate) numbers: &'a [T],
    pub(crate) levels: &'a [T],
    /// 1 where a number that equals the level is above it, 0 elsewhere.
    pub(crate) above: &'a [i16],
}

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
