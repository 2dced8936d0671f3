//! Loops that the compiler vectorises where it can.

use crate::crossings::counter::Crossings;
use crate::crossings::level::Level;
use crate::crossings::run::Run;
use crate::crossings::signs::{NotANumber, Signed, Signs, WORD};
use crate::crossings::word::Word;

macro_rules! kernels {
    ($($count:ident($type:ty)),*) => { $(
        pub(super) fn $count(
            samples: Run<'_, $type>,
            level: $type,
            counter: &mut Crossings,
            each: impl FnMut(usize, Word),
        ) -> Result<(), NotANumber> {
            match level.known() {
                Level::Zero => count(samples, level, Level::Zero, counter, each),
                Level::Plain => count(samples, level, Level::Plain, counter, each),
                Level::Tiny => count(samples, level, Level::Tiny, counter, each),
            }
        }
    )* };
}
kernels!(count_u8(u8), count_i16(i16), count_i32(i32), count_i64(i64), count_f32(f32), count_f64(f64));

#[inline(always)]
#[expect(clippy::inline_always, reason = "each caller knows another level")]
fn count<T: Signed>(
    samples: Run<'_, T>,
    level: T,
    known: Level,
    counter: &mut Crossings,
    mut each: impl FnMut(usize, Word),
) -> Result<(), NotANumber> {
    let (mut local, mut from) = (counter.clone(), 0);
    let mut take = |samples: &[T]| {
        let signs = Signs::of(samples, level, known).map_err(|nan| nan.after(from))?;
        each(from, local.advance(signs));
        from += WORD;
        Ok(())
    };
    for word in samples.copies() {
        take(&word)?;
    }
    let (rest, len) = samples.rest();
    if len > 0 {
        take(&rest[..len])?;
    }
    *counter = local;
    Ok(())
}
