//! Signs of samples, a block at a time, with the vectors of this machine.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
mod neon;

use super::{BLOCK, Crossings, Run, Sample, Signs};
use crate::isa::{Isa, Kind};

/// What some samples are, a bit each.
#[derive(Clone, Copy, Default)]
struct Bits {
    /// They are below a level.
    negative: u64,
    /// They are equal to it.
    zero: u64,
    /// One of them may be NaN.
    suspect: bool,
}

/// Kernels of some instructions, named like the types of their samples: each takes as many samples at a
/// time as the function of that name in `signs` looks at, and takes none if there is a NaN among all.
macro_rules! kernels {
    ($features:literal: $($type:ident by $step:literal),*) => { $(
        #[target_feature(enable = $features)]
        pub(super) fn $type(
            samples: Run<'_, $type>,
            level: $type,
            counter: &mut Crossings,
            each: impl FnMut(usize, u64),
        ) -> bool {
            take(samples, counter, each, |block| {
                (0..BLOCK).step_by($step).fold(Bits::default(), |bits, from| {
                    // SAFETY: a block has 64 samples, and 64 is a multiple of the step.
                    let part = unsafe { signs::$type(block.add(from), level) };
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
use kernels;

macro_rules! samples {
    ($($type:ident $({ $($test:ident)* })?),*) => { $(
        impl Sample for $type {
            $($(
                fn $test(self) -> bool {
                    self.$test()
                }
            )*)?

            #[expect(unsafe_code, reason = "the machine must have the instructions")]
            fn kernel(
                isa: Isa,
                samples: Run<'_, Self>,
                level: Self,
                counter: &mut Crossings,
                each: impl FnMut(usize, u64),
            ) -> bool {
                match isa.kind() {
                    // SAFETY: an `Isa` comes from detecting its instructions.
                    #[cfg(target_arch = "x86_64")]
                    Kind::Avx512 => unsafe { avx512::$type(samples, level, counter, each) },
                    // SAFETY: as above.
                    #[cfg(target_arch = "x86_64")]
                    Kind::Avx2 => unsafe { avx2::$type(samples, level, counter, each) },
                    // SAFETY: as above.
                    #[cfg(target_arch = "aarch64")]
                    Kind::Neon => unsafe { neon::$type(samples, level, counter, each) },
                    Kind::Scalar => false,
                }
            }
        }
    )* };
}
samples!(u8, i16, i32, i64, f32 { is_nan is_finite }, f64 { is_nan is_finite });

/// Takes all samples, or none if one is NaN.
#[inline(always)]
#[expect(clippy::inline_always, reason = "for the instructions of the caller")]
fn take<T: Sample>(
    samples: Run<'_, T>,
    counter: &mut Crossings,
    mut each: impl FnMut(usize, u64),
    mut look: impl FnMut(*const T) -> Bits,
) -> bool {
    let mut local = counter.clone(); // stays in registers
    for (index, block) in samples.blocks().enumerate() {
        let bits = look(block);
        if bits.suspect && has_nan(block) {
            return false;
        }
        each(index * BLOCK, local.advance(Signs::cut(bits.negative, bits.zero, BLOCK)));
    }
    let (rest, len) = samples.rest();
    if len > 0 {
        let bits = look(rest.as_ptr());
        if bits.suspect && has_nan(rest.as_ptr()) {
            return false;
        }
        each(samples.len() - len, local.advance(Signs::cut(bits.negative, bits.zero, len)));
    }
    *counter = local;
    true
}

#[cold]
fn has_nan<T: Sample>(block: *const T) -> bool {
    #[expect(unsafe_code, reason = "a block may lie in memory of Python")]
    // SAFETY: a block is readable there, aligned or not.
    (0..BLOCK).any(|index| unsafe { block.add(index).read_unaligned() }.is_nan())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crossings::ZeroRule;

    fn seen<T: Sample>(isa: Isa, samples: &[T], level: T, rule: ZeroRule) -> (Crossings, Vec<(usize, u64)>) {
        let (mut counter, mut blocks) = (Crossings::new(rule), Vec::new());
        counter.extend_with(isa, level, samples.into(), |from, bits| blocks.push((from, bits))).unwrap();
        (counter, blocks)
    }

    fn agree<T: Sample>(values: &[T]) {
        let (mut random, mut samples) = (1_usize, Vec::new());
        while samples.len() < 500 {
            for (_, rule) in ZeroRule::NAMES {
                for isa in Isa::available() {
                    let counter = &mut Crossings::new(rule);
                    let taken = T::kernel(isa, samples[..].into(), T::default(), counter, |_, _| ());
                    assert_eq!(taken, isa != Isa::SCALAR);
                    for &level in values.iter().filter(|level| level.is_finite()) {
                        assert!(seen(isa, &samples, level, rule) == seen(Isa::SCALAR, &samples, level, rule));
                    }
                }
            }
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            samples.push(values[(random >> 16) % values.len()]);
        }
    }

    #[test]
    fn every_kernel_sees_the_same() {
        agree(&[0, 1, -1, i16::MIN, i16::MAX]);
        agree(&[0, 1, -1, i32::MIN, i32::MAX]);
        agree(&[0, 1, -1, i64::MIN, i64::MAX]);
        agree(&[0, 1, 127, 128, u8::MAX]);
        agree(&[0.0, -0.0, 1.0, -1.0, f32::MIN_POSITIVE, f32::NEG_INFINITY]);
        agree(&[f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN, 0.0]);
        agree(&[f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN, 0.0]);
        agree(&[0.0, -0.0, 1.0, -1.0, -5e-324, f64::INFINITY]);
    }

    fn refuse<T: Sample>(one: T, minus_one: T, nan: T) {
        let [all, far] = [1, 32].map(|step| (0..128).step_by(step).collect::<Vec<_>>());
        for places in (0..100).map(|place| vec![place]).chain([all, far]) {
            let mut samples = [one, minus_one].repeat(if places.len() > 1 { 64 } else { 50 });
            for &place in &places {
                samples[place] = nan;
            }
            for isa in Isa::available() {
                let mut counter = Crossings::new(ZeroRule::Neutral);
                assert!(!T::kernel(isa, samples[..].into(), T::default(), &mut counter, |_, _| ()));
                assert!(counter == Crossings::new(ZeroRule::Neutral));
            }
        }
    }

    #[test]
    fn nothing_is_counted_where_a_sample_is_nan() {
        refuse(1.0, -1.0, f32::NAN);
        refuse(1.0, -1.0, f64::NAN);
        refuse(1.0, -1.0, f64::from_bits(0xFFF0_0000_0000_0001)); // one that signals
    }
}
