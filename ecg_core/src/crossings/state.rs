//! What a counter knows, in numbers that can be stored.

use super::counter::Crossings;
use super::rule::{Sign, ZeroRule};

/// What a counter knows beside its rule; a sign is -1, 0 or 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// Crossings so far.
    pub count: u64,
    /// The first sign that the rule saw, if any.
    pub first: Option<i8>,
    /// The last one.
    pub last: Option<i8>,
}

impl State {
    /// Whether some samples lead from the first sign to the last in so many crossings.
    fn is_reached(self, rule: ZeroRule) -> bool {
        let differ = u64::from(self.first != self.last);
        match rule {
            ZeroRule::Strict => true, // a zero between two signs hides their crossing
            ZeroRule::Distinct => self.count > 1 || self.count == differ,
            _ => self.count % 2 == differ,
        }
    }
}

impl Crossings {
    /// What this counter knows.
    ///
    /// ```
    /// use ecg_core::crossings::{Crossings, ZeroRule};
    ///
    /// let mut counter = Crossings::new(ZeroRule::Neutral);
    /// counter.extend(&[5, 0, -5])?;
    /// assert_eq!(Crossings::restored(ZeroRule::Neutral, counter.state()), Some(counter));
    /// # Ok::<(), ecg_core::crossings::NotANumber>(())
    /// ```
    #[must_use]
    pub fn state(&self) -> State {
        let [first, last] = self.ends().map(|sign| sign.map(Sign::number));
        State { count: self.count(), first, last }
    }

    /// The counter that knows this; nothing if no samples lead to it under this rule.
    #[must_use]
    pub fn restored(rule: ZeroRule, state: State) -> Option<Self> {
        match (state.first, state.last) {
            (None, None) if state.count == 0 => Some(Self::new(rule)),
            (Some(first), Some(last)) if state.is_reached(rule) => {
                Some(Self::between(rule, state.count, [Sign::of(first, rule)?, Sign::of(last, rule)?]))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_restored_counter_goes_on_as_the_first_would() {
        let samples: Vec<i32> = (0..200).map(|i| (i * 7919 % 5) - 2).collect();
        for (_, rule) in ZeroRule::NAMES {
            for cut in 0..samples.len() {
                let mut counter = Crossings::new(rule);
                counter.extend(&samples[..cut]).unwrap();
                assert_eq!(Crossings::restored(rule, counter.state()), Some(counter));
            }
        }
    }

    #[test]
    fn what_no_samples_lead_to_is_refused() {
        let restored =
            |rule, count, first, last| Crossings::restored(rule, State { count, first, last }).is_some();
        for (_, rule) in ZeroRule::NAMES {
            assert!(restored(rule, 3, Some(1), Some(-1)));
            assert_eq!(restored(rule, 0, Some(0), Some(0)), rule.keeps_zeros());
            assert_eq!(restored(rule, 2, Some(1), Some(-1)), rule.keeps_zeros());
            assert_eq!(restored(rule, 0, Some(1), Some(-1)), rule == ZeroRule::Strict);
            assert_eq!(restored(rule, 1, Some(1), Some(1)), rule == ZeroRule::Strict);
            assert!(!restored(rule, 1, None, None));
            assert!(!restored(rule, 0, None, Some(1)) && !restored(rule, 0, Some(1), None));
            assert!(!restored(rule, 0, Some(2), Some(2)) && !restored(rule, 0, Some(1), Some(-2)));
        }
    }
}
