//! Loops that the compiler vectorises where it can.
#![expect(unsafe_code, reason = "loads take pointers")]

use super::words::{Bits, take_words};
use crate::bits::portable::bits;
use crate::crossings::counter::Crossings;
use crate::crossings::ends::Ends;
use crate::crossings::level::Level;
use crate::crossings::run::Run;
use crate::crossings::signs::{Signed, WORD};
use crate::crossings::word::Word;

macro_rules! kernels {
    ($($count:ident($type:ty)),*) => { $(
        pub(super) fn $count(
            samples: Run<'_, $type>,
            level: $type,
            ends: impl Ends<$type>,
            counter: &mut Crossings,
            each: impl FnMut(usize, Word),
        ) -> usize {
            match level.known() {
                Level::Zero => take_words(samples, ends, counter, each, |start| look(start, level, Level::Zero)),
                Level::Plain => take_words(samples, ends, counter, each, |start| look(start, level, Level::Plain)),
                Level::Tiny => take_words(samples, ends, counter, each, |start| look(start, level, Level::Tiny)),
            }
        }
    )* };
}
kernels!(count_u8(u8), count_i16(i16), count_i32(i32), count_i64(i64), count_f32(f32), count_f64(f64));

#[inline(always)]
#[expect(clippy::inline_always, reason = "each caller knows another level")]
fn look<T: Signed>(start: *const T, level: T, known: Level) -> Bits {
    // SAFETY: the caller gives the samples of a word.
    let samples = unsafe { start.cast::<[T; WORD]>().read_unaligned() };
    let (negative, zero) = T::signs(&samples, level, known);
    Bits { negative, zero, suspect: bits(&samples, T::is_nan) != 0 }
}
