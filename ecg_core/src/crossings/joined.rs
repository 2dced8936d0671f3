//! Crossings in lanes that follow each other and are read as one.

use super::rule::{ZeroRule, runs};
use super::signs::WORD;
use super::stretch::Stretch;

/// Takes the crossings from one lane into the next out of those of all samples.
pub(crate) struct Joined {
    rule: ZeroRule,
    /// The samples in each lane.
    len: usize,
    /// The first ones of lanes in a word that begins with one: a bit each.
    firsts: u64,
    /// How far behind the start of the next word a lane begins.
    ahead: usize,
    /// The last sample so far is a zero without a sign, as all before it in its lane.
    unsigned: u64,
}

impl Joined {
    /// Lanes of so many samples, at least 1.
    pub(crate) fn new(rule: ZeroRule, len: usize) -> Self {
        let firsts = (0..WORD).step_by(len).fold(0, |firsts, first| firsts | 1 << first);
        Self { rule, len, firsts, ahead: 0, unsigned: 0 }
    }

    /// Leaves of the crossings of the next words those that are not from one lane into the next.
    pub(crate) fn take(&mut self, stretch: &mut Stretch, words: usize) {
        let crossed = stretch.crossed[..words].iter_mut();
        crossed.zip(&stretch.zero).for_each(|(crossed, &zero)| *crossed &= !self.others(zero));
    }

    /// The samples of the next word that are the first of their lane with a sign: a bit each.
    fn others(&mut self, zero: u64) -> u64 {
        let begins = if self.ahead < WORD { self.firsts << self.ahead } else { 0 };
        let whole = WORD % self.len;
        self.ahead = if self.ahead < whole { self.ahead + self.len - whole } else { self.ahead - whole };
        if self.rule != ZeroRule::Neutral {
            return begins;
        }
        let unsigned = zero & begins | runs(zero, begins | self.unsigned);
        let others = begins | unsigned << 1 | self.unsigned;
        self.unsigned = unsigned >> (WORD - 1);
        others
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crossings::Crossings;
    use crate::crossings::stretch::found;

    /// The samples after a crossing, lane by lane.
    fn one_by_one(rule: ZeroRule, samples: &[i32], len: usize, missing: i32) -> Vec<bool> {
        let crossed = samples.chunks(len).flat_map(|lane| {
            let mut counter = Crossings::new(rule);
            lane.iter().map(move |&sample| {
                let before = counter.count();
                counter.extend_except(&[sample], missing).unwrap();
                counter.count() > before
            })
        });
        crossed.collect()
    }

    #[test]
    fn lanes_that_follow_each_other_cross_as_each_alone() {
        let mut random = 1_u32;
        let mut next = |values| {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (random >> 24).cast_signed() % values - 1
        };
        for len in [1, 2, 3, 5, 12, 31, 32, 33, 63, 64, 65, 100, 127, 128, 129, 200] {
            for ((_, rule), values) in
                ZeroRule::NAMES.into_iter().flat_map(|name| [(name, 2), (name, 3), (name, 4)])
            {
                let samples: Vec<_> = (0..len * (1 + 400 / len)).map(|_| next(values)).collect();
                let mut joined = Joined::new(rule, len);
                let crossed = found(rule, &samples, 2, |stretch, words| joined.take(stretch, words));
                assert_eq!(crossed, one_by_one(rule, &samples, len, 2), "{rule:?}, {len} samples");
            }
        }
    }
}
