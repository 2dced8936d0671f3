//! Signs of samples, a block at a time, with the vectors of this machine.

mod avx2;
mod avx512;

use super::{BLOCK, Crossings, Sample, Signs};
use crate::isa::{Isa, Kind};

macro_rules! dispatch {
    ($type:ident) => {
        #[expect(unsafe_code, reason = "the machine must have the instructions")]
        fn kernel(isa: Isa, samples: &[$type], level: $type, counter: &mut Crossings) -> bool {
            match isa.kind() {
                // SAFETY: an `Isa` comes from detecting its instructions.
                Kind::Avx512 => unsafe { avx512::$type(samples, level, counter) },
                // SAFETY: as above.
                Kind::Avx2 => unsafe { avx2::$type(samples, level, counter) },
                Kind::Scalar => false,
            }
        }
    };
}

impl Sample for i16 {
    dispatch!(i16);
}

impl Sample for i32 {
    dispatch!(i32);
}

impl Sample for f32 {
    fn is_nan(self) -> bool {
        self.is_nan()
    }
    dispatch!(f32);
}

impl Sample for f64 {
    fn is_nan(self) -> bool {
        self.is_nan()
    }
    dispatch!(f64);
}

/// Takes samples; `signs` are the negative ones and the zeros of a block.
#[inline(always)]
#[expect(clippy::inline_always, reason = "for the instructions of the caller")]
fn take<T: Sample>(samples: &[T], counter: &mut Crossings, mut signs: impl FnMut(&[T; BLOCK]) -> (u64, u64)) {
    let mut local = counter.clone(); // stays in registers
    let (blocks, rest) = samples.as_chunks();
    for block in blocks {
        let (negative, zero) = signs(block);
        local.advance(Signs::cut(negative, zero, BLOCK));
    }
    if !rest.is_empty() {
        let mut block = [T::default(); BLOCK];
        block[..rest.len()].copy_from_slice(rest);
        let (negative, zero) = signs(&block);
        local.advance(Signs::cut(negative, zero, rest.len()));
    }
    *counter = local;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crossings::ZeroRule;

    fn seen<T: Sample>(isa: Isa, samples: &[T], level: T, rule: ZeroRule) -> Crossings {
        let mut counter = Crossings::new(rule);
        if !T::kernel(isa, samples, level, &mut counter) {
            for block in samples.chunks(BLOCK) {
                counter.advance(Signs::split(block, level));
            }
        }
        counter
    }

    fn agree<T: Sample>(values: &[T]) {
        let (mut random, mut samples) = (1_usize, Vec::new());
        while samples.len() < 500 {
            for (_, rule) in ZeroRule::NAMES {
                for isa in Isa::available() {
                    for &level in values {
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
        agree(&[0.0, -0.0, 1.0, -1.0, f32::MIN_POSITIVE, f32::NEG_INFINITY]);
        agree(&[0.0, -0.0, 1.0, -1.0, -5e-324, f64::INFINITY]);
    }

    #[test]
    fn nothing_is_counted_where_a_sample_is_nan() {
        for isa in Isa::available() {
            for place in [0, 63, 64, 99] {
                let mut samples = [1.0, -1.0].repeat(50);
                samples[place] = f64::NAN;
                let mut counter = Crossings::new(ZeroRule::Neutral);
                assert!(!f64::kernel(isa, &samples, 0.0, &mut counter));
                assert!(counter == Crossings::new(ZeroRule::Neutral));
            }
        }
    }
}
