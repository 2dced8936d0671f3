//! The loop of the kernels: samples in, words of signs out.

use crate::crossings::counter::Crossings;
use crate::crossings::ends::Ends;
use crate::crossings::rule::ZeroRule;
use crate::crossings::run::Run;
use crate::crossings::signs::{Signed, Signs, WORD};
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
            ends: impl Ends<$type>,
            counter: &mut Crossings,
            each: impl FnMut(usize, Word),
        ) -> usize {
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
                Level::Zero => take_words(samples, ends, counter, each, look(<$type>::default())),
                _ => take_words(samples, ends, counter, each, look(level)),
            }
        }
    )* };
}
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
pub(super) use kernels;

/// Takes the samples before the first that is NaN or ends a run, and tells how many they are: `look` says what
/// [`WORD`] samples are.
#[inline(always)]
#[expect(clippy::inline_always, reason = "for the instructions of the caller")]
pub(super) fn take_words<T: Signed, E: Ends<T>>(
    samples: Run<'_, T>,
    ends: E,
    counter: &mut Crossings,
    mut each: impl FnMut(usize, Word),
    mut look: impl FnMut(*const T) -> Bits,
) -> usize {
    let (after, number) = match counter.rule() {
        // the rule that most use has its own loop, in which no word asks for it
        ZeroRule::Neutral => taken(samples, ends, counter.known(ZeroRule::Neutral), &mut each, &mut look),
        _ => taken(samples, ends, counter.clone(), &mut each, &mut look),
    };
    *counter = after;
    number
}

/// The counter after the samples that are taken, and how many they are.
#[inline(always)]
#[expect(clippy::inline_always, reason = "for the instructions of the caller")]
fn taken<T: Signed, E: Ends<T>>(
    samples: Run<'_, T>,
    ends: E,
    mut counter: Crossings,
    each: &mut impl FnMut(usize, Word),
    look: &mut impl FnMut(*const T) -> Bits,
) -> (Crossings, usize) {
    let mut suspect = false; // asked for at the end if possible: a branch would part what registers are used for
    for (index, start) in samples.words().enumerate() {
        let bits = look(start);
        suspect |= bits.suspect;
        if E::STOP && (bits.suspect || any(start, ends)) {
            let run = present(start, ends);
            if run < WORD {
                return last(counter, each, index * WORD, bits, run);
            }
        }
        each(index * WORD, counter.advance(Signs::cut(bits.negative, bits.zero, WORD)));
    }
    let (rest, len) = samples.rest();
    let (bits, from) = (look(rest.as_ptr()), samples.len() - len);
    if E::STOP {
        return last(counter, each, from, bits, present(rest.as_ptr(), ends).min(len));
    }
    let (counter, number) = last(counter, each, from, bits, len);
    let suspect = suspect || bits.suspect;
    (counter, if suspect { samples.leading(|sample| !sample.is_nan()) } else { number })
}

/// The counter after the first samples of the last word, and how many samples are taken with them.
#[inline(always)]
#[expect(clippy::inline_always, reason = "for the instructions of the caller")]
fn last(
    mut counter: Crossings,
    each: &mut impl FnMut(usize, Word),
    from: usize,
    bits: Bits,
    run: usize,
) -> (Crossings, usize) {
    if run > 0 {
        each(from, counter.advance(Signs::cut(bits.negative, bits.zero, run)));
    }
    (counter, from + run)
}

/// Whether one of [`WORD`] samples ends a run.
#[inline(always)]
#[expect(clippy::inline_always, reason = "for the instructions of the caller")]
fn any<T: Signed>(start: *const T, ends: impl Ends<T>) -> bool {
    (0..WORD).fold(false, |any, index| any | ends.at(sample(start, index)))
}

/// How many of [`WORD`] samples there are before the first that is NaN or ends a run.
#[cold]
fn present<T: Signed>(start: *const T, ends: impl Ends<T>) -> usize {
    (0..WORD).take_while(|&index| !sample(start, index).is_nan() && !ends.at(sample(start, index))).count()
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "for the instructions of the caller")]
#[expect(unsafe_code, reason = "the samples may lie in memory of Python")]
fn sample<T: Signed>(start: *const T, index: usize) -> T {
    // SAFETY: so many samples are readable there, aligned or not.
    unsafe { start.add(index).read_unaligned() }
}
