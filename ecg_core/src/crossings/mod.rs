//! The definition of a zero crossing.
//!
//! Samples are looked at 64 at a time: [`Signs`] holds one bit per sample, and everything about the
//! five rules is arithmetic on those bits. A faster way to fill [`Signs`] needs no change here.

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod kernels;
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
#[path = "kernels/none.rs"]
mod kernels;
mod rule;
mod run;
mod signs;

pub use rule::ZeroRule;
pub use run::Run;
pub use signs::{BLOCK, NotANumber, Sample, Signs};

use crate::isa::Isa;
use rule::Sign;

/// Counts crossings over any number of consecutive blocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crossings {
    rule: ZeroRule,
    count: u64,
    first: Option<Sign>,
    last: Option<Sign>,
}

impl Crossings {
    /// A counter that has seen nothing.
    #[must_use]
    pub fn new(rule: ZeroRule) -> Self {
        Self { rule, count: 0, first: None, last: None }
    }

    /// The rule that decides what a zero means.
    #[must_use]
    pub fn rule(&self) -> ZeroRule {
        self.rule
    }

    /// Crossings so far.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Takes the next samples; bit i of the answer is set where sample i is the first after a crossing.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "for the instructions of the kernels")]
    pub fn advance(&mut self, signs: Signs) -> u64 {
        let Some(before) = self.last.or_else(|| self.rule.first(signs)) else {
            return 0; // nothing but zeros that carry no sign yet
        };
        let seen = self.rule.resolve(signs, before);
        let crossed = self.rule.crossed(seen, before) & signs.filled();
        self.count += u64::from(crossed.count_ones());
        self.first.get_or_insert(before);
        self.last = Some(seen.last());
        crossed
    }

    /// Takes all samples of a slice.
    ///
    /// # Errors
    /// [`NotANumber`] with the index of the first NaN; nothing is counted then.
    pub fn extend<T: Sample>(&mut self, samples: &[T]) -> Result<(), NotANumber> {
        self.extend_around(T::default(), samples.into(), |_, _| ())
    }

    /// Takes samples as if a baseline, which is finite, had been subtracted. `each` gets the index of the first
    /// sample of each block and what [`Self::advance`] answers to the block.
    ///
    /// # Errors
    /// As for [`Self::extend`]; `each` may have got some blocks.
    pub fn extend_around<T: Sample>(
        &mut self,
        baseline: T,
        samples: Run<'_, T>,
        each: impl FnMut(usize, u64),
    ) -> Result<(), NotANumber> {
        self.extend_with(Isa::current(), baseline, samples, each)
    }

    fn extend_with<T: Sample>(
        &mut self,
        isa: Isa,
        baseline: T,
        samples: Run<'_, T>,
        mut each: impl FnMut(usize, u64),
    ) -> Result<(), NotANumber> {
        if T::kernel(isa, samples, baseline, self, &mut each) {
            return Ok(());
        }
        let (mut counter, mut from) = (self.clone(), 0);
        let mut take = |block: &[T]| {
            let signs = Signs::of(block, baseline).map_err(|nan| nan.after(from))?;
            each(from, counter.advance(signs));
            from += BLOCK;
            Ok(())
        };
        for block in samples.copies() {
            take(&block)?;
        }
        let (rest, len) = samples.rest();
        if len > 0 {
            take(&rest[..len])?;
        }
        *self = counter;
        Ok(())
    }

    /// Appends what another counter of the same rule saw directly after this one.
    pub fn merge(&mut self, after: &Self) {
        let Some(sign) = after.first else { return };
        self.advance(sign.alone());
        self.count += after.count;
        self.last = after.last;
    }
}

/// Counts the crossings of integers after subtracting a baseline.
#[must_use]
pub fn count(samples: &[i32], rule: ZeroRule, baseline: i32) -> u64 {
    let mut counter = Crossings::new(rule);
    let _none_is_nan = counter.extend_around(baseline, samples.into(), |_, _| ());
    counter.count
}

#[cfg(test)]
mod tests {
    use super::ZeroRule::{Distinct, Negative, Neutral, Positive, Strict};
    use super::*;

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
                counter.merge(&after);
                assert_eq!(counter.count(), counted(rule, &samples));
            }
        }
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
