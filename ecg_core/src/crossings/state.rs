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
    /// Whether samples were missing: the first sign is none then if they came before it, and the last if they came last.
    pub broken: bool,
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
        State { count: self.count(), first, last, broken: self.broken() }
    }

    /// The counter that knows this; nothing if no samples lead to it under this rule.
    #[must_use]
    pub fn restored(rule: ZeroRule, state: State) -> Option<Self> {
        let reached = match (state.first, state.last) {
            _ if state.broken => true, // gaps hide crossings
            (None, None) => state.count == 0,
            (Some(_), Some(_)) => state.is_reached(rule),
            _ => false,
        };
        let mut ends = [None, None];
        for (end, number) in ends.iter_mut().zip([state.first, state.last]) {
            *end = number.map(|number| Sign::of(number, rule).ok_or(())).transpose().ok()?;
        }
        reached.then(|| Self::between(rule, state.count, ends, state.broken))
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
        let restored = |rule, count, first, last| {
            Crossings::restored(rule, State { count, first, last, broken: false }).is_some()
        };
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
