//! The five meanings of a zero.

use super::signs::Signs;

/// What a sample equal to zero counts as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ZeroRule {
    /// It keeps the sign before it.
    #[default]
    Neutral,
    /// It is positive (librosa, antropy).
    Positive,
    /// It is negative (tsfresh, essentia).
    Negative,
    /// It is a third sign, and every change counts (`NeuroKit2`, biosppy, tsfel).
    Distinct,
    /// It is never part of a crossing: the product of two neighbours is below zero.
    Strict,
}

/// The sign of one sample under a rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sign {
    negative: u64,
    zero: u64,
}

impl Sign {
    /// A word that holds this sign only.
    pub(super) fn alone(self) -> Signs {
        Signs { negative: self.negative, zero: self.zero, len: 1 }
    }

    /// -1, 0 or 1.
    pub(super) fn number(self) -> i8 {
        match (self.negative, self.zero) {
            (0, 0) => 1,
            (_, 0) => -1,
            _ => 0,
        }
    }

    /// The sign with this number, if the rule has it.
    pub(super) fn of(number: i8, rule: ZeroRule) -> Option<Self> {
        let known = matches!(number, -1 | 1) || number == 0 && rule.keeps_zeros();
        known.then_some(Self { negative: u64::from(number < 0), zero: u64::from(number == 0) })
    }
}

impl Signs {
    fn at(self, index: u32) -> Sign {
        Sign { negative: self.negative >> index & 1, zero: self.zero >> index & 1 }
    }

    /// The first of some that are there, unless others are missing before it.
    pub(super) fn first(self, there: u64, missing: u64) -> Option<Sign> {
        let first = there & there.wrapping_neg();
        (first != 0 && missing & (first - 1) == 0).then(|| self.at(first.trailing_zeros()))
    }

    pub(super) fn last(self) -> Sign {
        self.at(self.len - 1)
    }
}

impl ZeroRule {
    /// Every rule with its name.
    pub const NAMES: [(&'static str, Self); 5] = [
        ("neutral", Self::Neutral),
        ("positive", Self::Positive),
        ("negative", Self::Negative),
        ("distinct", Self::Distinct),
        ("strict", Self::Strict),
    ];

    /// The rule with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, rule)| *rule)
    }

    /// The samples that have a sign of their own.
    pub(super) fn signed(self, signs: Signs) -> u64 {
        let zeros_without = if self == Self::Neutral { signs.zero } else { 0 };
        signs.filled() & !zeros_without
    }

    /// The zeros without a sign: those that follow no sample since one of the places where a run of samples begins.
    pub(super) fn unsigned(self, signs: Signs, begins: u64) -> u64 {
        if self == Self::Neutral { runs(signs.zero, begins) } else { 0 }
    }

    /// Whether a zero has a sign of its own.
    pub(super) fn keeps_zeros(self) -> bool {
        matches!(self, Self::Distinct | Self::Strict)
    }

    /// The first sign that this rule sees in a word.
    pub(super) fn first(self, signs: Signs) -> Option<Sign> {
        let index = self.signed(signs).trailing_zeros();
        (index < signs.len).then(|| self.resolve(signs, signs.at(index)).at(index))
    }

    /// The signs under this rule, where `before` is the sign of the sample before the word.
    pub(super) fn resolve(self, signs: Signs, before: Sign) -> Signs {
        let Signs { negative, zero, len } = signs;
        match self {
            Self::Neutral => Signs { negative: carry(negative, zero, before), zero: 0, len },
            Self::Positive => Signs { negative, zero: 0, len },
            Self::Negative => Signs { negative: negative | zero, zero: 0, len },
            Self::Distinct | Self::Strict => signs,
        }
    }

    /// Where resolved signs differ from the ones before them.
    pub(super) fn crossed(self, seen: Signs, before: Sign) -> u64 {
        let [negative, zero] = [seen.negative << 1 | before.negative, seen.zero << 1 | before.zero];
        self.parted(seen, Signs { negative, zero, len: seen.len })
    }

    /// Where resolved signs differ from others.
    pub(super) fn parted(self, seen: Signs, others: Signs) -> u64 {
        let negative = seen.negative ^ others.negative;
        match self {
            Self::Strict => negative & !(seen.zero | others.zero),
            Self::Distinct => negative | (seen.zero ^ others.zero),
            _ => negative,
        }
    }
}

/// Gives every run of zeros the sign before it.
fn carry(negative: u64, zero: u64, before: Sign) -> u64 {
    negative | runs(zero, negative << 1 | before.negative)
}

/// The runs of bits that begin at some places: added to all runs, these make the carry ripple to the end of exactly those.
pub(super) fn runs(bits: u64, begins: u64) -> u64 {
    bits & !bits.wrapping_add(begins & bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_to_rules() {
        for (name, rule) in ZeroRule::NAMES {
            assert_eq!(ZeroRule::named(name), Some(rule));
        }
        assert_eq!(ZeroRule::named("Neutral"), None);
        assert_eq!(ZeroRule::default(), ZeroRule::Neutral);
    }

    #[test]
    fn zeros_take_the_sign_before_them() {
        let carried =
            |negative, zero, first| carry(negative, zero, Sign { negative: u64::from(first), zero: 0 });
        assert_eq!(carried(0b0001, 0b0110, false), 0b0111);
        assert_eq!(carried(0b1000, 0b0011, true), 0b1011);
        assert_eq!(carried(0b1000, 0b0011, false), 0b1000);
        assert_eq!(carried(1, !1, false), u64::MAX);
    }
}
