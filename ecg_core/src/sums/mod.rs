//! Exact sums of the distances of samples from a number, and of their squares.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
mod neon;
mod portable;

use crate::isa::{Isa, dispatch};

/// Samples of a block: the squares of so many distances below [`NEAR`] have a sum below 2⁶².
const BLOCK: usize = 4_096;
/// The distance up to which sums of blocks fit 64 bits.
const NEAR: i64 = 1 << 25;

/// How many samples there are, and the sums of their distances from a number and of the squares of those.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    pub(crate) len: u64,
    pub(crate) distances: i128,
    pub(crate) squares: i128,
}

impl Sums {
    /// Sums of samples between two extremes, from a number.
    pub(crate) fn of(samples: &[i32], (low, high): (i32, i32), from: i64) -> Self {
        let near = |sample: i32| (i64::from(sample) - from).abs() < NEAR;
        match i32::try_from(from) {
            Ok(from) if near(low) && near(high) => Self::of_near(samples, from),
            _ => Self::of_each(samples.iter().copied(), from),
        }
    }

    /// Sums of any samples, from a number.
    pub(crate) fn of_each(samples: impl Iterator<Item = i32>, from: i64) -> Self {
        samples.fold(Self::default(), |sums, sample| {
            let distance = i128::from(i64::from(sample) - from);
            sums.plus(1, distance, distance * distance)
        })
    }

    fn of_near(samples: &[i32], from: i32) -> Self {
        let isa = Isa::current();
        samples.chunks(BLOCK).fold(Self::default(), |sums, block| {
            let (distances, squares) = dispatch!(isa, sums(block, from));
            sums.plus(block.len() as u64, distances.into(), squares.into())
        })
    }

    /// Those of the samples of two.
    pub(crate) fn and(self, other: Self) -> Self {
        self.plus(other.len, other.distances, other.squares)
    }

    fn plus(self, len: u64, distances: i128, squares: i128) -> Self {
        Self { len: self.len + len, distances: self.distances + distances, squares: self.squares + squares }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_and_far_samples_have_the_sums_of_the_definition() {
        let edge = 1 << 25;
        for isa in Isa::available() {
            isa.force();
            for from in [0, 1, -7, edge - 1, i64::from(i32::MIN), 1 << 32] {
                for len in [0, 1, 7, 64, 4_095, 4_096, 4_097, 9_000] {
                    for top in [1, 1_000, edge - 1, edge, i64::from(i32::MAX)] {
                        let samples: Vec<i32> = (0..len).map(|i| sample(i * (top / 5 + 1), top)).collect();
                        let extremes = crate::extremes::extremes(&samples);
                        let expected = Sums::of_each(samples.iter().copied(), from);
                        assert_eq!(Sums::of(&samples, extremes, from), expected);
                    }
                }
            }
        }
    }

    fn sample(number: i64, top: i64) -> i32 {
        let size = i32::try_from(number % (top + 1)).unwrap_or_default();
        if size % 2 == 0 { size } else { -size }
    }
}
