//! Loops that the compiler vectorises where it can.
#![expect(unsafe_code, reason = "loads take pointers")]

use super::holes::holes;
use super::words::{Bits, Look, take_words};
use crate::bits::portable::bits;
use crate::crossings::counter::Crossings;
use crate::crossings::gaps::{Gaps, Marks};
use crate::crossings::level::Level;
use crate::crossings::run::Run;
use crate::crossings::signs::{NotANumber, Signed, WORD};
use crate::crossings::word::Word;

macro_rules! kernels {
    ($($count:ident($type:ty)),*) => { $(
        pub(super) fn $count(
            samples: Run<'_, $type>,
            level: $type,
            gaps: Gaps<$type, impl Marks>,
            counter: &mut Crossings,
            each: impl FnMut(usize, Word),
        ) -> Result<(), NotANumber> {
            #[cold]
            fn missing(word: (*const $type, usize), marked: u64, number: Option<$type>) -> Result<u64, usize> {
                holes(word, marked, number, |number| By(number, number.known()).look(word.0, None).zero)
            }
            match level.known() {
                Level::Zero => take_words(samples, gaps, counter, each, (By(level, Level::Zero), missing)),
                Level::Plain => take_words(samples, gaps, counter, each, (By(level, Level::Plain), missing)),
                Level::Tiny => take_words(samples, gaps, counter, each, (By(level, Level::Tiny), missing)),
            }
        }
    )* };
}
kernels!(count_u8(u8), count_i16(i16), count_i32(i32), count_i64(i64), count_f32(f32), count_f64(f64));

struct By<T>(T, Level);

impl<T: Signed> Look<T> for By<T> {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "each caller knows another level")]
    fn look(&self, start: *const T, missing: Option<T>) -> Bits {
        // SAFETY: the caller gives the samples of a word.
        let samples = unsafe { start.cast::<[T; WORD]>().read_unaligned() };
        let (negative, zero) = T::signs(&samples, self.0, self.1);
        let equal = |missing: T| samples.iter().fold(false, |any, sample| any | sample.equals(missing));
        let suspect = missing.is_some_and(equal) | (bits(&samples, T::is_nan) != 0);
        Bits { negative, zero, suspect }
    }
}
