//! Floats beside a level, whatever the modes of the processor: it may take denormals for zeros, and make none.

use crate::bits::portable::bits;

/// What is known of a level, and so how samples may be compared with it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// It is 0.0 or -0.0: by the integers of the samples' bits.
    Zero,
    /// No mode changes how samples compare with it, nor takes the difference of another number to it for zero.
    Plain,
    /// It is tiny: by integers in the order of the floats.
    Tiny,
}

/// The negative and the zero ones of numbers: an integer of their bits is less than 0 where it is negative or -0.0,
/// and the integer before it where it is negative or 0.0.
#[inline]
pub(super) fn negative_and_zero([less, before_less]: [u64; 2]) -> (u64, u64) {
    (less & before_less, less ^ before_less)
}

/// The samples below a level and those equal to it, by comparing.
#[inline]
pub(super) fn compared<T: Copy + PartialOrd>(samples: &[T], level: T) -> (u64, u64) {
    (bits(samples, |sample| sample < level), bits(samples, |sample| sample == level))
}

macro_rules! floats {
    ($($float:ident as $integer:ident, $level:ident, $order:ident, $signs:ident, $equal:ident);*) => { $(
        pub(super) fn $level(level: $float) -> Level {
            match level.to_bits() << 1 {
                0 => Level::Zero,
                _ if level.abs() >= 2.0 * $float::MIN_POSITIVE / $float::EPSILON => Level::Plain,
                _ => Level::Tiny,
            }
        }

        /// An integer in the order of the floats: 0 for 0.0 and -0.0.
        #[inline]
        pub(super) fn $order(sample: $float) -> $integer {
            let bits = sample.to_bits().cast_signed();
            if bits < 0 { $integer::MIN.wrapping_sub(bits) } else { bits }
        }

        /// The samples below a level and those equal to it.
        #[inline]
        pub(super) fn $signs(samples: &[$float], level: $float, known: Level) -> (u64, u64) {
            let integer = |sample: $float| sample.to_bits().cast_signed();
            match known {
                Level::Zero => negative_and_zero(
                    [0, 1].map(|by| bits(samples, |sample| integer(sample).wrapping_sub(by) < 0)),
                ),
                Level::Plain => compared(samples, level),
                Level::Tiny => {
                    let below = bits(samples, |sample| $order(sample) < $order(level));
                    (below, bits(samples, |sample| $order(sample) == $order(level)))
                }
            }
        }

        /// Whether they are the same number, which is not NaN. The sign comes last: where it is masked out, LLVM
        /// compares with 0.0 instead, which is wrong in some modes.
        #[inline]
        pub(super) fn $equal(sample: $float, number: $float) -> bool {
            let [sample, number] = [sample, number].map(|float| float.to_bits().rotate_left(1));
            sample == number || (sample | number) < 2
        }
    )* };
}
floats!(
    f32 as i32, level_of_f32, order_of_f32, signs_of_f32, equal_f32;
    f64 as i64, level_of_f64, order_of_f64, signs_of_f64, equal_f64
);
