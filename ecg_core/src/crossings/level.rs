//! Floats compared as the integers of their bits. Comparing floats takes denormals for zeros where a program has told
//! the processor so (flush to zero, denormals are zeros); integers are always what they are, and faster.

use crate::bits::portable::bits;

/// What the integers of samples are compared with. What is below the level is less twice, what is equal to it once.
#[derive(Clone, Copy)]
pub(super) enum Level<I> {
    /// An integer is less if it is negative, and if the integer before it is: of 0.0 and -0.0 one is.
    Zero,
    /// An integer is less if it is, with the bits of `flip` changed, less than `level`, and than `next`.
    Other { flip: I, level: I, next: I },
}

/// The negative and the zero samples, from those that are less in one way and in the other.
#[inline]
pub(super) fn negative_and_zero([less, again]: [u64; 2]) -> (u64, u64) {
    (less & again, less ^ again)
}

macro_rules! levels {
    ($($float:ident as $integer:ident, $signs:ident);*) => { $(
        impl From<$float> for Level<$integer> {
            #[inline]
            fn from(level: $float) -> Self {
                let bits = level.to_bits().cast_signed();
                if bits & $integer::MAX == 0 {
                    return Self::Zero;
                }
                let flip = if bits < 0 { $integer::MAX } else { 0 }; // the further below zero, the less
                Self::Other { flip, level: bits ^ flip, next: (bits ^ flip) + 1 }
            }
        }

        /// The negative and the zero ones of up to 64 samples.
        #[inline]
        pub(super) fn $signs(samples: &[$float], level: $float) -> (u64, u64) {
            let integer = |sample: $float| sample.to_bits().cast_signed();
            negative_and_zero(match Level::from(level) {
                Level::Zero => [0, 1].map(|less| bits(samples, |sample| integer(sample).wrapping_sub(less) < 0)),
                Level::Other { flip, level, next } => {
                    [level, next].map(|level| bits(samples, |sample| (integer(sample) ^ flip) < level))
                }
            })
        }
    )* };
}
levels!(f32 as i32, signs_of_f32; f64 as i64, signs_of_f64);
