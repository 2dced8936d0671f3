//! From samples to words of signs, with the instructions of this machine.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(test)]
mod gap_tests;
mod holes;
#[cfg(target_arch = "aarch64")]
mod neon;
mod portable;
#[cfg(test)]
mod tests;
mod words;

use super::counter::Crossings;
use super::gaps::{Gaps, Marks};
use super::level::{self, Level};
use super::run::Run;
use super::signs::{NotANumber, Signed};
use super::word::Word;
use crate::isa::{Isa, dispatch};

/// A number of a type for which there are kernels.
pub trait Sample: Signed {
    /// Takes samples as if `level` had been subtracted; `each` gets the index of the first sample of each word and
    /// what became of it.
    ///
    /// # Errors
    /// [`NotANumber`] with the index of the first NaN that is not missing. The counter is as before then; `each` may
    /// have got some words.
    #[doc(hidden)]
    fn count(
        isa: Isa,
        samples: Run<'_, Self>,
        level: Self,
        gaps: Gaps<Self, impl Marks>,
        counter: &mut Crossings,
        each: impl FnMut(usize, Word),
    ) -> Result<(), NotANumber>;
}

macro_rules! samples {
    ($($type:ident $count:ident as $order:ident by $in_order:expr $(, $known:ident $signs:ident $equal:ident)?);*) => { $(
        impl Signed for $type {
            type Order = $order;

            #[inline]
            fn order(self) -> $order {
                $in_order(self)
            }

            $(
                fn is_nan(self) -> bool {
                    self.is_nan()
                }

                fn is_finite(self) -> bool {
                    self.is_finite()
                }

                fn known(self) -> Level {
                    level::$known(self)
                }

                #[inline]
                fn equals(self, other: Self) -> bool {
                    level::$equal(self, other)
                }

                #[inline]
                fn signs(samples: &[Self], level: Self, known: Level) -> (u64, u64) {
                    level::$signs(samples, level, known)
                }
            )?
        }

        impl Sample for $type {
            fn count(
                isa: Isa,
                samples: Run<'_, Self>,
                level: Self,
                gaps: Gaps<Self, impl Marks>,
                counter: &mut Crossings,
                each: impl FnMut(usize, Word),
            ) -> Result<(), NotANumber> {
                let isa = if level.known() == Level::Tiny { Isa::SCALAR } else { isa };
                dispatch!(isa, $count(samples, level, gaps, counter, each))
            }
        }
    )* };
}
samples!(
    u8 count_u8 as u8 by |sample| sample;
    i16 count_i16 as i16 by |sample| sample;
    i32 count_i32 as i32 by |sample| sample;
    i64 count_i64 as i64 by |sample| sample;
    f32 count_f32 as i32 by level::order_of_f32, level_of_f32 signs_of_f32 equal_f32;
    f64 count_f64 as i64 by level::order_of_f64, level_of_f64 signs_of_f64 equal_f64
);
