//! Counting over consecutive words of signs.

use super::rule::{Sign, ZeroRule};
use super::signs::Signs;
use super::word::Word;

/// Counts the crossings of samples that come in any number of pieces.
///
/// ```
/// use ecg_core::crossings::{Crossings, ZeroRule};
///
/// let mut crossings = Crossings::new(ZeroRule::Neutral);
/// crossings.extend(&[5, 0])?;
/// crossings.extend(&[0, -5])?;
/// assert_eq!(crossings.count(), 1);
/// # Ok::<(), ecg_core::crossings::NotANumber>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crossings {
    rule: ZeroRule,
    count: u64,
    /// The first sign, if no sample before it was missing.
    first: Option<Sign>,
    last: Option<Sign>,
    /// Samples were missing.
    broken: bool,
}

impl Crossings {
    /// A counter that has seen nothing.
    #[must_use]
    pub fn new(rule: ZeroRule) -> Self {
        Self { rule, count: 0, first: None, last: None, broken: false }
    }

    /// The rule that decides what a zero means.
    #[must_use]
    pub fn rule(&self) -> ZeroRule {
        self.rule
    }

    /// A copy; its rule is no other, but one that the compiler knows.
    pub(super) fn known(&self, rule: ZeroRule) -> Self {
        Self { rule, ..self.clone() }
    }

    /// Crossings so far.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The first and the last sign that the rule saw.
    pub(super) fn ends(&self) -> [Option<Sign>; 2] {
        [self.first, self.last]
    }

    /// A counter that has seen signs from a first to a last one.
    pub(super) fn between(
        rule: ZeroRule,
        count: u64,
        [first, last]: [Option<Sign>; 2],
        broken: bool,
    ) -> Self {
        Self { rule, count, first, last, broken }
    }

    /// Whether samples were missing.
    pub(super) fn broken(&self) -> bool {
        self.broken
    }

    /// Takes the next signs.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "for the instructions of the kernels")]
    pub(super) fn advance(&mut self, signs: Signs) -> Word {
        if signs.len == 0 {
            return Word::default();
        }
        let Some(before) = self.last.or_else(|| self.begun(signs)) else {
            return Word { filled: signs.filled(), signs, ..Word::default() }; // zeros that carry no sign yet
        };
        let seen = self.rule.resolve(signs, before);
        let crossed = self.rule.crossed(seen, before) & signs.filled();
        self.count += u64::from(crossed.count_ones());
        self.last = Some(seen.last());
        Word { crossed, signed: self.rule.signed(signs), filled: signs.filled(), signs }
    }

    /// The first sign of a run of samples, if it has one.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "for the instructions of the kernels")]
    fn begun(&mut self, signs: Signs) -> Option<Sign> {
        let begun = self.rule.first(signs);
        if !self.broken {
            self.first = begun;
        }
        begun
    }

    /// Takes the next signs, of which some are missing: a bit each. By value: who passes a reference to a counter keeps
    /// it in memory, not in registers.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "through memory it would take as long again")]
    pub(super) fn around(mut self, signs: Signs, missing: u64) -> (Self, Word) {
        let signs = signs.without(missing);
        let (there, missing) = (signs.filled() & !missing, signs.filled() & missing);
        let (before, begins) = (self.last.unwrap_or_default(), missing << 1 | u64::from(self.last.is_none()));
        let unsigned = missing | self.rule.unsigned(signs, begins);
        let seen = self.rule.resolve(signs, before);
        let parted = unsigned | unsigned << 1 | u64::from(self.last.is_none());
        let crossed = self.rule.crossed(seen, before) & signs.filled() & !parted;
        if self.first.is_none() && !self.broken {
            self.first = seen.first(there & !unsigned, missing);
        }
        self.count += u64::from(crossed.count_ones());
        self.broken |= missing != 0;
        self.last = (unsigned >> (signs.len - 1) & 1 == 0).then(|| seen.last());
        let word = Word { crossed, signed: self.rule.signed(signs) & there, filled: there, signs };
        (self, word)
    }

    /// Takes missing samples: none of them crosses, and no crossing is counted from one side of them to the other.
    ///
    /// ```
    /// use ecg_core::crossings::{Crossings, ZeroRule};
    ///
    /// let mut crossings = Crossings::new(ZeroRule::Neutral);
    /// crossings.extend(&[5, -5])?;
    /// crossings.gap();
    /// crossings.extend(&[5, 5])?;
    /// assert_eq!(crossings.count(), 1);
    /// # Ok::<(), ecg_core::crossings::NotANumber>(())
    /// ```
    pub fn gap(&mut self) {
        (self.last, self.broken) = (None, true);
    }

    /// Appends what was seen directly after this, by the same rule or, if no sample was zero, by any.
    pub(crate) fn append(&mut self, after: &Self) {
        match after.first {
            Some(sign) => _ = self.advance(sign.alone()),
            None if after.broken => {}
            None => return,
        }
        self.broken |= after.broken;
        self.count += after.count;
        self.last = after.last;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_samples_change_nothing() {
        for (_, rule) in ZeroRule::NAMES {
            let mut counter = Crossings::new(rule);
            for _ in 0..2 {
                let before = counter.clone();
                assert_eq!(counter.advance(Signs::cut(0, 0, 0)), Word::default());
                assert_eq!(counter, before);
                counter.extend(&[-1]).unwrap();
            }
        }
    }
}
