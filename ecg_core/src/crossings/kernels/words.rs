//! The loop of the kernels: samples in, words of signs out.

use crate::crossings::counter::Crossings;
use crate::crossings::rule::ZeroRule;
use crate::crossings::run::Run;
use crate::crossings::signs::{NotANumber, Signed, Signs, WORD};
use crate::crossings::word::Word;

/// What some samples are, a bit each.
#[derive(Clone, Copy, Default)]
pub(super) struct Bits {
    /// They are below a level.
    pub(super) negative: u64,
    /// They are equal to it.
    pub(super) zero: u64,
    /// One of them may be NaN.
    pub(super) suspect: bool,
}

/// Kernels of some instructions: each takes as many samples at a time as its function in `signs` looks at.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
macro_rules! kernels {
    ($features:literal: $($count:ident($type:ty) by $step:literal of $signs:ident),*) => { $(
        #[target_feature(enable = $features)]
        pub(super) fn $count(
            samples: Run<'_, $type>,
            level: $type,
            counter: &mut Crossings,
            each: impl FnMut(usize, Word),
        ) -> Result<(), NotANumber> {
            take_words(samples, counter, each, |start| {
                (0..WORD).step_by($step).fold(Bits::default(), |bits, from| {
                    // SAFETY: a word is of 64 samples, and 64 is a multiple of the step.
                    let part = unsafe { signs::$signs(start.add(from), level) };
                    Bits {
                        negative: bits.negative | part.negative << from,
                        zero: bits.zero | part.zero << from,
                        suspect: bits.suspect | part.suspect,
                    }
                })
            })
        }
    )* };
}
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
pub(super) use kernels;

/// Takes all samples, or none if one is NaN: `look` says what [`WORD`] samples are.
#[inline(always)]
#[expect(clippy::inline_always, reason = "for the instructions of the caller")]
pub(super) fn take_words<T: Signed>(
    samples: Run<'_, T>,
    counter: &mut Crossings,
    mut each: impl FnMut(usize, Word),
    mut look: impl FnMut(*const T) -> Bits,
) -> Result<(), NotANumber> {
    *counter = match counter.rule() {
        // the rule that most use has its own loop, in which no word asks for it
        ZeroRule::Neutral => taken(samples, counter.known(ZeroRule::Neutral), &mut each, &mut look),
        _ => taken(samples, counter.clone(), &mut each, &mut look),
    }?;
    Ok(())
}

/// The counter after all samples.
#[inline(always)]
#[expect(clippy::inline_always, reason = "for the instructions of the caller")]
fn taken<T: Signed>(
    samples: Run<'_, T>,
    mut counter: Crossings,
    each: &mut impl FnMut(usize, Word),
    look: &mut impl FnMut(*const T) -> Bits,
) -> Result<Crossings, NotANumber> {
    for (index, start) in samples.words().enumerate() {
        let bits = look(start);
        if bits.suspect && first_nan(start) < WORD {
            return Err(NotANumber { index: index * WORD + first_nan(start) });
        }
        each(index * WORD, counter.advance(Signs::cut(bits.negative, bits.zero, WORD)));
    }
    let (rest, len) = samples.rest();
    if len > 0 {
        let (bits, from) = (look(rest.as_ptr()), samples.len() - len);
        if bits.suspect && first_nan(rest.as_ptr()) < WORD {
            return Err(NotANumber { index: from + first_nan(rest.as_ptr()) });
        }
        each(from, counter.advance(Signs::cut(bits.negative, bits.zero, len)));
    }
    Ok(counter)
}

/// The index of the first NaN of [`WORD`] samples, or [`WORD`].
#[cold]
fn first_nan<T: Signed>(start: *const T) -> usize {
    #[expect(unsafe_code, reason = "the samples may lie in memory of Python")]
    // SAFETY: so many samples are readable there, aligned or not.
    let is_nan = |index: &usize| unsafe { start.add(*index).read_unaligned() }.is_nan();
    (0..WORD).find(is_nan).unwrap_or(WORD)
}
