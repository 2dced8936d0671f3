//! From samples to words of signs, with the instructions of this machine.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
mod neon;
mod portable;
mod words;

use super::counter::Crossings;
use super::ends::Ends;
use super::level::{self, Level};
use super::run::Run;
use super::signs::Signed;
use super::word::Word;
use crate::isa::{Isa, dispatch};

/// A number of a type for which there are kernels.
pub trait Sample: Signed {
    /// Takes samples as if `level` had been subtracted, up to the first that is NaN or ends a run, and tells how many
    /// they are; `each` gets the index of the first sample of each word and what became of it. What does not stop at
    /// a NaN has taken more than it tells.
    #[doc(hidden)]
    fn count(
        isa: Isa,
        samples: Run<'_, Self>,
        level: Self,
        ends: impl Ends<Self>,
        counter: &mut Crossings,
        each: impl FnMut(usize, Word),
    ) -> usize;
}

macro_rules! samples {
    ($($type:ident $count:ident $(by $known:ident $signs:ident $equal:ident)?),*) => { $(
        impl Signed for $type {
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
                ends: impl Ends<Self>,
                counter: &mut Crossings,
                each: impl FnMut(usize, Word),
            ) -> usize {
                let isa = if level.known() == Level::Tiny { Isa::SCALAR } else { isa };
                dispatch!(isa, $count(samples, level, ends, counter, each))
            }
        }
    )* };
}
samples!(
    u8 count_u8,
    i16 count_i16,
    i32 count_i32,
    i64 count_i64,
    f32 count_f32 by level_of_f32 signs_of_f32 equal_f32,
    f64 count_f64 by level_of_f64 signs_of_f64 equal_f64
);

#[cfg(test)]
mod tests {
    use super::*;
    use std::arch::asm;
    use std::hint::black_box;

    use crate::crossings::ZeroRule;
    use crate::crossings::ends::Nothing;

    fn seen<T: Sample>(isa: Isa, samples: &[T], level: T, rule: ZeroRule) -> (Crossings, Vec<(usize, Word)>) {
        let (mut counter, mut words) = (Crossings::new(rule), Vec::new());
        let each = |from, bits| words.push((from, bits));
        assert_eq!(T::count(isa, samples.into(), level, Nothing, &mut counter, each), samples.len());
        (counter, words)
    }

    /// Does some work where the processor takes denormals for zeros, and makes none.
    #[expect(unsafe_code, reason = "only assembly can change that")]
    fn flushing<T>(work: impl FnOnce() -> T) -> T {
        #[cfg(target_arch = "x86_64")]
        let set = |flush: bool| {
            let mut modes = 0_u32;
            // SAFETY: `modes` is four bytes, and what is set in them is allowed.
            unsafe { asm!("stmxcsr [{}]", in(reg) &raw mut modes) };
            modes = if flush { modes | 0x8040 } else { modes & !0x8040 };
            // SAFETY: as above.
            unsafe { asm!("ldmxcsr [{}]", in(reg) &raw const modes) };
        };
        #[cfg(target_arch = "aarch64")]
        let set = |flush: bool| {
            // SAFETY: this bit may be set.
            unsafe { asm!("msr fpcr, {}", in(reg) u64::from(flush) << 24) };
        };
        #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
        let set = |_| ();
        set(true);
        let answer = work();
        set(false);
        answer
    }

    fn agree<T: Sample>(values: &[T]) {
        let (mut random, mut samples) = (1_usize, Vec::new());
        while samples.len() < 200 {
            for (_, rule) in ZeroRule::NAMES {
                for &level in values.iter().filter(|level| level.is_finite()) {
                    let expected = seen(Isa::SCALAR, &samples, level, rule);
                    for isa in Isa::available() {
                        assert!(seen(isa, &samples, level, rule) == expected);
                    }
                }
            }
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            samples.push(values[(random >> 16) % values.len()]);
        }
    }

    #[test]
    fn every_kernel_sees_the_same_integers() {
        agree(&[0, 1, -1, i16::MIN, i16::MAX]);
        agree(&[0, 1, -1, i32::MIN, i32::MAX]);
        agree(&[0, 1, -1, i64::MIN, i64::MAX]);
        agree(&[0, 1, 127, 128, u8::MAX]);
    }

    fn agree_on_floats() {
        agree(&[0.0, -0.0, 1.0, -1.0, f32::MIN_POSITIVE, f32::NEG_INFINITY]);
        agree(&[f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN, 0.0]);
        agree(&[f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN, 0.0]);
        agree(&[0.0, -0.0, 1.0, -1.0, -5e-324, f64::INFINITY]);
        let (single, double) =
            (2.0 * f32::MIN_POSITIVE / f32::EPSILON, 2.0 * f64::MIN_POSITIVE / f64::EPSILON);
        agree(&[single.next_up(), single, single.next_down(), -single, -single.next_down()]);
        agree(&[double.next_up(), double, double.next_down(), -double, -double.next_down()]);
        agree(&[f64::MIN_POSITIVE, f64::MIN_POSITIVE.next_up(), -f64::MIN_POSITIVE, 5e-324, -5e-324]);
    }

    #[test]
    fn every_kernel_sees_the_same_floats() {
        agree_on_floats();
        flushing(agree_on_floats);
    }

    #[test]
    fn denormals_have_signs_even_where_the_processor_takes_them_for_zeros() {
        let (least, normal) = (f64::from_bits(1), f64::MIN_POSITIVE);
        assert!(flushing(|| black_box(black_box(least) <= 0.0)));
        for isa in Isa::available() {
            for (low, high, level) in [
                (-least, least, 0.0),
                (0.0, least, 0.0),
                (-least, -0.0, -least),
                (normal, normal.next_up(), normal),
            ] {
                let samples = [low, high].repeat(50);
                let (counter, _) = flushing(|| seen(isa, &samples, level, ZeroRule::Distinct));
                assert_eq!(counter.count(), 99);
            }
        }
    }

    fn stop<T: Sample>(one: T, minus_one: T, last: T, ends: impl Fn(T) -> bool + Copy) {
        let [all, far] = [1, 32].map(|step| (0..128).step_by(step).collect::<Vec<_>>());
        for places in (0..100).map(|place| vec![place]).chain([all, far]) {
            let mut samples = [one, minus_one].repeat(if places.len() > 1 { 64 } else { 50 });
            for &place in &places {
                samples[place] = last;
            }
            for isa in Isa::available() {
                let (mut counter, mut crossings) = (Crossings::new(ZeroRule::Neutral), 0);
                let each = |_, word: Word| crossings += u64::from(word.crossed.count_ones());
                let taken = T::count(isa, samples[..].into(), T::default(), ends, &mut counter, each);
                assert_eq!(
                    (taken, counter.count()),
                    (places[0], crossings),
                    "{} {}",
                    isa.name(),
                    std::any::type_name::<T>()
                );
                assert!(counter == seen(isa, &samples[..taken], T::default(), ZeroRule::Neutral).0);
                if last.is_nan() {
                    let told =
                        T::count(isa, samples[..].into(), T::default(), Nothing, &mut counter, |_, _| ());
                    assert_eq!(told, taken);
                }
            }
        }
    }

    #[test]
    fn samples_are_taken_up_to_a_nan() {
        stop(1.0, -1.0, f32::NAN, |_| false);
        stop(1.0, -1.0, f64::NAN, |_| false);
        stop(1.0, -1.0, f64::from_bits(0xFFF0_0000_0000_0001), |_| false); // one that signals
    }

    #[test]
    fn samples_are_taken_up_to_a_missing_one() {
        stop(1, -1, i16::MIN, |sample| sample == i16::MIN);
        stop(1, -1, 0, |sample: i32| sample == 0);
        stop(1, -1, i64::MAX, |sample| sample == i64::MAX);
        stop(1, 0, u8::MAX, |sample| sample == u8::MAX);
        stop(1.0, -1.0, -0.0, |sample: f32| sample.equals(0.0));
        stop(1.0, -1.0, 0.0, |sample: f64| sample.equals(-0.0));
        stop(1.0, -1.0, f64::INFINITY, |sample| sample.equals(f64::INFINITY));
        let least = f64::from_bits(1);
        flushing(|| stop(least, -least, 0.0, |sample| sample.equals(0.0)));
        let twice = f64::from_bits(2);
        flushing(|| stop(twice, -least, least, |sample| sample.equals(least)));
    }
}
