//! Counting samples.

use super::counter::Crossings;
use super::gaps::{Gaps, Marks};
use super::kernels::Sample;
use super::rule::ZeroRule;
use super::run::Run;
use super::signs::NotANumber;
use super::word::Word;
use crate::isa::Isa;

impl Crossings {
    /// Takes all samples of a slice.
    ///
    /// # Errors
    /// [`NotANumber`] with the index of the first NaN; nothing is counted then.
    pub fn extend<T: Sample>(&mut self, samples: &[T]) -> Result<(), NotANumber> {
        self.extend_around(T::default(), samples.into(), None.into(), |_, _| ())
    }

    /// Takes all samples of a slice but those that equal `missing`, or are NaN if it is: they are gaps.
    ///
    /// ```
    /// use ecg_core::crossings::{Crossings, ZeroRule};
    ///
    /// let mut crossings = Crossings::new(ZeroRule::Neutral);
    /// crossings.extend_except(&[5, -5, -99, 5, -5], -99)?;
    /// assert_eq!(crossings.count(), 2);
    /// # Ok::<(), ecg_core::crossings::NotANumber>(())
    /// ```
    ///
    /// # Errors
    /// As for [`Self::extend`], unless NaN is missing.
    pub fn extend_except<T: Sample>(&mut self, samples: &[T], missing: T) -> Result<(), NotANumber> {
        self.extend_around(T::default(), samples.into(), Some(missing).into(), |_, _| ())
    }

    /// Takes samples as if a baseline, which is finite, had been subtracted, around those that are missing. `each`
    /// gets the index of the first sample of each word of signs and what became of it.
    ///
    /// # Errors
    /// As for [`Self::extend`], unless a NaN is missing; `each` may have got some words.
    pub(crate) fn extend_around<T: Sample>(
        &mut self,
        baseline: T,
        samples: Run<'_, T>,
        gaps: Gaps<T, impl Marks>,
        each: impl FnMut(usize, Word),
    ) -> Result<(), NotANumber> {
        T::count(Isa::current(), samples, baseline, gaps, self, each)
    }
}

/// Counts the crossings of integers after subtracting a baseline.
///
/// ```
/// use ecg_core::crossings::{ZeroRule, count};
///
/// assert_eq!(count(&[1030, 1024, 1020], ZeroRule::Neutral, 1024), 1);
/// ```
#[must_use]
pub fn count(samples: &[i32], rule: ZeroRule, baseline: i32) -> u64 {
    let mut counter = Crossings::new(rule);
    let _none_is_nan = counter.extend_around(baseline, samples.into(), None.into(), |_, _| ());
    counter.count()
}

#[cfg(test)]
mod tests {
    use super::super::merge::DifferentRules;
    use super::*;
    use crate::crossings::ZeroRule::{Distinct, Negative, Neutral, Positive, Strict};

    fn counted(rule: ZeroRule, samples: &[i32]) -> u64 {
        count(samples, rule, 0)
    }

    #[test]
    fn every_rule_has_its_own_idea_of_zero() {
        let counts = |samples: &[i32]| {
            [Neutral, Positive, Negative, Distinct, Strict].map(|rule| counted(rule, samples))
        };
        assert_eq!(counts(&[1, 0, -1]), [1, 1, 1, 2, 0]);
        assert_eq!(counts(&[-1, 0, 1]), [1, 1, 1, 2, 0]);
        assert_eq!(counts(&[1, 0, 1]), [0, 0, 2, 2, 0]);
        assert_eq!(counts(&[-1, 0, -1]), [0, 2, 0, 2, 0]);
        assert_eq!(counts(&[1, 0]), [0, 0, 1, 1, 0]);
        assert_eq!(counts(&[0, 1, -1]), [1, 1, 2, 2, 1]);
        assert_eq!(counts(&[]), [0; 5]);
    }

    #[test]
    fn a_zero_run_over_block_borders_keeps_the_sign() {
        let mut samples = vec![0; 1000];
        samples[3] = -1;
        samples[900] = 1;
        assert_eq!(counted(Neutral, &samples), 1);
        samples[900] = -1;
        assert_eq!(counted(Neutral, &samples), 0);
    }

    #[test]
    fn parts_merge_into_the_whole() {
        let samples: Vec<i32> = (0..300).map(|i| (i * 7919 % 5) - 2).collect();
        for rule in [Neutral, Positive, Negative, Distinct, Strict] {
            for cut in 0..samples.len() {
                let (left, right) = samples.split_at(cut);
                let mut counter = Crossings::new(rule);
                counter.extend(left).unwrap();
                let mut after = Crossings::new(rule);
                after.extend(right).unwrap();
                counter.merge(&after).unwrap();
                assert_eq!(counter.count(), counted(rule, &samples));
            }
        }
    }

    #[test]
    fn counters_of_different_rules_do_not_merge() {
        let mut counter = Crossings::new(Neutral);
        counter.extend(&[1, -1]).unwrap();
        assert_eq!(counter.merge(&Crossings::new(Strict)), Err(DifferentRules));
        assert_eq!(counter.count(), 1);
    }

    #[test]
    fn a_baseline_at_the_limits_does_not_overflow() {
        let samples = [i32::MIN, i32::MAX, i32::MIN];
        assert_eq!(count(&samples, Neutral, i32::MIN), 0);
        assert_eq!(count(&samples, Negative, i32::MIN), 2);
        assert_eq!(count(&samples, Positive, i32::MAX), 2);
        assert_eq!(count(&samples, Neutral, 0), 2);
    }

    #[test]
    fn a_nan_is_named_and_nothing_counted() {
        let mut samples = vec![-1.0; 200];
        samples[1] = 1.0;
        samples[130] = f64::NAN;
        let mut counter = Crossings::new(Neutral);
        assert_eq!(counter.extend(&samples), Err(NotANumber { index: 130 }));
        assert_eq!(counter.count(), 0);
    }
}
