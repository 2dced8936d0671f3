//! Samples that have levels of their own, as numbers around 0.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
mod neon;
mod portable;

pub(crate) use portable::Samples;

use super::counter::Crossings;
use super::kernels::Sample;
use super::signs::NotANumber;
use super::word::Word;
use crate::isa::{Isa, dispatch};

/// What stands for a sample that is missing.
const MISSING: i16 = 2;

impl<T: Sample> Samples<'_, T> {
    /// Writes for each -1, 0 or 1, as it lies below its level, at it or above, or that it equals `missing`.
    ///
    /// # Errors
    /// [`NotANumber`] with the index of the first NaN that is not missing.
    pub(crate) fn sides(&self, missing: Option<T>, sides: &mut [i16]) -> Result<(), NotANumber> {
        self.sides_by(Isa::current(), missing, sides)
    }

    fn sides_by(&self, isa: Isa, missing: Option<T>, sides: &mut [i16]) -> Result<(), NotANumber> {
        let any_nan = dispatch!(isa, sides(self, sides));
        let gap = |sample: T| missing.is_some_and(|number| equal(sample, number));
        if missing.is_some() {
            let gaps = sides.iter_mut().zip(self.numbers).filter(|(_, sample)| gap(**sample));
            gaps.for_each(|(side, _)| *side = MISSING);
        }
        let mut numbers = self.numbers.iter();
        let nan = any_nan.then(|| numbers.position(|&sample| sample.is_nan() && !gap(sample))).flatten();
        nan.map_or(Ok(()), |index| Err(NotANumber { index }))
    }
}

/// Whether they are the same number, or both NaN.
fn equal<T: Sample>(sample: T, number: T) -> bool {
    if number.is_nan() { sample.is_nan() } else { sample.equals(number) }
}

/// Takes such numbers; `each` is as for samples.
pub(crate) fn take_sides(
    counter: &mut Crossings,
    sides: &[i16],
    gaps: bool,
    each: &mut dyn FnMut(usize, Word),
) {
    let missing = gaps.then_some(MISSING);
    let _none_is_nan = counter.extend_around(0, sides.into(), missing.into(), each);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crossings::ZeroRule;

    fn found<T: Sample>(
        isa: Isa,
        numbers: &[T],
        level: (T, i16),
        missing: Option<T>,
    ) -> Result<Vec<i16>, usize> {
        let (levels, above) = (vec![level.0; numbers.len()], vec![level.1; numbers.len()]);
        let samples = Samples { numbers, levels: &levels, above: &above };
        let mut sides = vec![9; numbers.len()];
        samples.sides_by(isa, missing, &mut sides).map(|()| sides).map_err(|nan| nan.index)
    }

    #[test]
    fn each_lies_beside_its_level() {
        let integers = [i64::MIN, -1, 0, 1, i64::MAX];
        let floats = [f64::NEG_INFINITY, -1.0, -5e-324, -0.0, 0.0, 5e-324, 1.0, f64::INFINITY];
        for isa in Isa::available() {
            for (place, &level) in integers.iter().enumerate() {
                let sides: Vec<_> = (0..5).map(|at: usize| at.cmp(&place) as i16).collect();
                assert_eq!(found(isa, &integers, (level, 0), None), Ok(sides.clone()));
                let above: Vec<_> = sides.iter().map(|&side| if side == 0 { 1 } else { side }).collect();
                assert_eq!(found(isa, &integers, (level, 1), None), Ok(above));
            }
            for level in floats {
                let sides: Vec<_> = floats.iter().map(|at| at.partial_cmp(&level).unwrap() as i16).collect();
                assert_eq!(found(isa, &floats, (level, 0), None), Ok(sides));
            }
        }
    }

    #[test]
    fn they_cross_where_the_samples_cross_their_levels() {
        let samples = Samples {
            numbers: &[5, 7, 5, 3, 90, 95, 96, 94],
            levels: &[6, 6, 6, 6, 95, 95, 95, 95],
            above: &[0; 8],
        };
        for (rule, missing, count) in
            [(ZeroRule::Neutral, None, 4), (ZeroRule::Distinct, None, 5), (ZeroRule::Neutral, Some(96), 2)]
        {
            let (mut counter, mut crossed, mut sides) = (Crossings::new(rule), 0, [9; 8]);
            samples.sides(missing, &mut sides).unwrap();
            take_sides(&mut counter, &sides, missing.is_some(), &mut |_, word| crossed = word.crossed);
            assert_eq!((counter.count(), crossed.count_ones()), (count, u32::try_from(count).unwrap()));
        }
    }

    #[test]
    fn gaps_are_marked_and_a_nan_that_is_none_is_named() {
        let numbers = [-0.0, 3.0, f64::NAN, 0.0, f64::NAN];
        for isa in Isa::available() {
            assert_eq!(found(isa, &numbers, (1.0, 0), None), Err(2));
            assert_eq!(found(isa, &numbers, (1.0, 0), Some(3.0)), Err(2));
            assert_eq!(found(isa, &numbers, (1.0, 0), Some(f64::NAN)), Ok(vec![-1, 1, 2, -1, 2]));
            assert_eq!(found(isa, &numbers[..2], (1.0, 1), Some(0.0)), Ok(vec![2, 1]));
            assert_eq!(found(isa, &[7_u8, 8], (8, 0), Some(7)), Ok(vec![2, 0]));
        }
    }
}
