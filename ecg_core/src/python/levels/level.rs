//! Baselines among samples.

use crate::crossings::{Sample, ZeroRule};

/// Where a baseline lies among samples of a type.
#[derive(Clone, Copy)]
pub(crate) struct Level<T> {
    /// The first number of this type that is not below the baseline.
    pub(crate) at: T,
    /// It is above the baseline, to which no sample is equal then.
    above: bool,
}

impl<T: Sample> Level<T> {
    /// A baseline that is a number of the type.
    pub(crate) fn equal(at: T) -> Self {
        Self { at, above: false }
    }

    /// A baseline between the number before this one and this one.
    pub(crate) fn below(at: T) -> Self {
        Self { at, above: true }
    }

    /// The same, unless it is NaN or an infinity.
    pub(crate) fn if_finite(self) -> Option<Self> {
        self.at.is_finite().then_some(self)
    }

    /// Whether it is above `at`.
    pub(crate) fn above(self) -> bool {
        self.above
    }

    /// The rule to count with around `at`: where no sample is zero, all rules count what `positive` counts.
    pub(crate) fn rule(self, rule: ZeroRule) -> ZeroRule {
        if self.above { ZeroRule::Positive } else { rule }
    }
}
