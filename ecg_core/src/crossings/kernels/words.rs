//! The loop of the kernels: samples in, words of signs out.

use super::holes::Holes;
use crate::crossings::counter::Crossings;
use crate::crossings::gaps::{Gaps, Marks};
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
    /// One of them may be NaN, or the number that is missing.
    pub(super) suspect: bool,
}

/// Kernels of some instructions: each takes as many samples at a time as its functions in `signs` look at.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
macro_rules! kernels {
    (@equal($samples:expr, $number:expr) by $signs:ident) => { signs::$signs($samples, $number).zero };
    (@equal($samples:expr, $number:expr) by $signs:ident, $equal:ident) => { signs::$equal($samples, $number) };
    (
        $features:literal:
        $($count:ident($type:ty) by $step:literal of $signs:ident, $any:ident $(, $equal:ident)?);*
    ) => { $(
        #[target_feature(enable = $features)]
        pub(super) fn $count(
            samples: Run<'_, $type>,
            level: $type,
            gaps: Gaps<$type, impl Marks>,
            counter: &mut Crossings,
            each: impl FnMut(usize, Word),
        ) -> Result<(), NotANumber> {
            #[cold]
            #[target_feature(enable = $features)]
            fn missing(word: (*const $type, usize), marked: u64, number: Option<$type>) -> Result<u64, usize> {
                super::holes::holes(word, marked, number, |number| {
                    (0..u64::BITS).step_by($step).fold(0, |equal, from| {
                        // SAFETY: as below.
                        let part = unsafe {
                            let start = word.0.add(from as usize);
                            kernels!(@equal(start, number) by $signs $(, $equal)?)
                        };
                        equal | part.rotate_left(from)
                    })
                })
            }
            struct By($type);
            impl Look<$type> for By {
                #[inline(always)]
                fn look(&self, start: *const $type, missing: Option<$type>) -> Bits {
                    let mut bits = Bits::default();
                    for from in (0..u64::BITS).step_by($step) {
                        // SAFETY: a word is of 64 samples, and 64 is a multiple of the step; the kernel has the
                        // instructions.
                        let (part, any) = unsafe {
                            let start = start.add(from as usize);
                            (signs::$signs(start, self.0), missing.map(|number| signs::$any(start, number)))
                        };
                        // the compiler would shift both at once, and take them to a vector register for it
                        bits.negative |= part.negative.rotate_left(from);
                        bits.zero |= part.zero.rotate_left(from);
                        bits.suspect |= any.unwrap_or(part.suspect);
                    }
                    bits
                }
            }
            let holes = |word, marked, number| missing(word, marked, number);
            match level.known() {
                Level::Zero => take_words(samples, gaps, counter, each, (By(<$type>::default()), holes)),
                _ => take_words(samples, gaps, counter, each, (By(level), holes)),
            }
        }
    )* };
}
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
pub(super) use kernels;

/// Takes the samples around those that are missing; `holes` is the function of that name, with the instructions of the caller.
#[inline(always)]
#[expect(clippy::inline_always, reason = "for the instructions of the caller")]
pub(super) fn take_words<T: Signed, M: Marks>(
    samples: Run<'_, T>,
    gaps: Gaps<T, M>,
    counter: &mut Crossings,
    each: impl FnMut(usize, Word),
    (look, holes): (impl Look<T>, impl Holes<T>),
) -> Result<(), NotANumber> {
    match gaps.missing {
        None if !M::ANY => by_rule::<_, _, false>(samples, gaps, counter, each, (look, None, holes)),
        Some(number) if !number.is_nan() => {
            by_rule::<_, _, true>(samples, gaps, counter, each, (look, Some(number), holes))
        }
        _ => by_rule::<_, _, true>(samples, gaps, counter, each, (look, None, holes)),
    }
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "for the instructions of the caller")]
fn by_rule<T: Signed, M: Marks, const GAPS: bool>(
    samples: Run<'_, T>,
    gaps: Gaps<T, M>,
    counter: &mut Crossings,
    mut each: impl FnMut(usize, Word),
    (look, missing, holes): (impl Look<T>, Option<T>, impl Holes<T>),
) -> Result<(), NotANumber> {
    *counter = match counter.rule() {
        // the rule that most use has its own loop, in which no word asks for it
        ZeroRule::Neutral => taken::<_, _, GAPS>(
            samples,
            gaps,
            counter.known(ZeroRule::Neutral),
            &mut each,
            (&look, missing, holes),
        ),
        _ => taken::<_, _, GAPS>(samples, gaps, counter.clone(), &mut each, (&look, missing, holes)),
    }?;
    Ok(())
}

/// The counter after the samples.
#[inline(always)]
#[expect(clippy::inline_always, reason = "for the instructions of the caller")]
fn taken<T: Signed, M: Marks, const GAPS: bool>(
    samples: Run<'_, T>,
    gaps: Gaps<T, M>,
    mut counter: Crossings,
    each: &mut impl FnMut(usize, Word),
    (look, missing, holes): (&impl Look<T>, Option<T>, impl Holes<T>),
) -> Result<Crossings, NotANumber> {
    let mut suspect = false; // asked for at the end if possible: a branch would part what registers are used for
    for (index, start) in samples.words().enumerate() {
        let bits = look.look(start, missing);
        suspect |= bits.suspect;
        take_word::<_, _, GAPS>((index * WORD, start, WORD), bits, gaps, holes, &mut counter, each)?;
    }
    let (rest, len) = samples.rest();
    if len > 0 {
        let bits = look.look(rest.as_ptr(), missing);
        suspect |= bits.suspect;
        take_word::<_, _, GAPS>(
            (samples.len() - len, rest.as_ptr(), len),
            bits,
            gaps,
            holes,
            &mut counter,
            each,
        )?;
    }
    if !GAPS && suspect {
        return Err(NotANumber { index: samples.leading(|sample| !sample.is_nan()) });
    }
    Ok(counter)
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "for the instructions of the caller")]
fn take_word<T: Signed, M: Marks, const GAPS: bool>(
    (from, start, len): (usize, *const T, usize),
    bits: Bits,
    gaps: Gaps<T, M>,
    holes: impl Holes<T>,
    counter: &mut Crossings,
    each: &mut impl FnMut(usize, Word),
) -> Result<(), NotANumber> {
    let (signs, marked) = (|| Signs::cut(bits.negative, bits.zero, len), gaps.marks.bits(from));
    let word = if GAPS && (bits.suspect || marked != 0) {
        let missing = holes((start, len), marked, gaps.missing);
        let missing = missing.map_err(|nan| NotANumber { index: from + nan })?;
        let (after, word) = counter.clone().around(signs(), missing);
        *counter = after.known(counter.rule());
        word
    } else {
        counter.advance(signs())
    };
    each(from, word);
    Ok(())
}

/// What says what [`WORD`] samples are, and whether one may be NaN or a number. A closure that the compiler does not
/// inline gives its bits through memory.
pub(super) trait Look<T> {
    fn look(&self, start: *const T, missing: Option<T>) -> Bits;
}
