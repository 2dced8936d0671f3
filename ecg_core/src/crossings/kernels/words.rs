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
            let look = |level| move |start: *const $type| {
                (0..u64::BITS).step_by($step).fold(Bits::default(), |bits, from| {
                    // SAFETY: a word is of 64 samples, and 64 is a multiple of the step.
                    let part = unsafe { signs::$signs(start.add(from as usize), level) };
                    Bits {
                        // the compiler would shift both at once, and take them to a vector register for it
                        negative: bits.negative | part.negative.rotate_left(from),
                        zero: bits.zero | part.zero.rotate_left(from),
                        suspect: bits.suspect | part.suspect,
                    }
                })
            };
            match level.known() {
                Level::Zero => take_words(samples, counter, each, look(<$type>::default())),
                _ => take_words(samples, counter, each, look(level)),
            }
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
    let mut suspect = false; // asked for at the end: a branch would part what the registers of a word are used for
    for (index, start) in samples.words().enumerate() {
        let bits = look(start);
        suspect |= bits.suspect;
        each(index * WORD, counter.advance(Signs::cut(bits.negative, bits.zero, WORD)));
    }
    let (rest, len) = samples.rest();
    if len > 0 {
        let bits = look(rest.as_ptr());
        suspect |= bits.suspect;
        each(samples.len() - len, counter.advance(Signs::cut(bits.negative, bits.zero, len)));
    }
    match suspect.then(|| first_nan(samples)).flatten() {
        Some(nan) => Err(nan),
        None => Ok(counter),
    }
}

#[cold]
fn first_nan<T: Signed>(samples: Run<'_, T>) -> Option<NotANumber> {
    let words = samples.copies().chain([samples.rest().0]);
    let index = words.flatten().position(T::is_nan)?;
    Some(NotANumber { index })
}
