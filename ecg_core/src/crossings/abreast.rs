//! Crossings in lanes that lie side by side: the sample before one lies a row before it.

use super::rule::{Sign, ZeroRule};
use super::signs::{Signs, WORD};
use super::word::Word;
use crate::memory::{OutOfMemory, Room};

/// What the rule sees of the samples of a word.
#[derive(Clone, Copy, Default)]
struct Seen {
    negative: u64,
    zero: u64,
    /// They have a sign, be it that of a sample before.
    signed: u64,
}

/// Makes of the signs in rows of samples, one of each lane, the crossings of all lanes: with 64 of them in a word,
/// nothing depends on how many lanes there are.
pub(crate) struct Abreast {
    rule: ZeroRule,
    lanes: usize,
    /// The words that a row ago may lie in.
    past: Vec<Seen>,
    /// The place of the oldest of them.
    next: usize,
}

impl Abreast {
    /// So many lanes, at least 1, of which nothing is seen yet.
    pub(crate) fn new(rule: ZeroRule, lanes: usize) -> Result<Self, OutOfMemory> {
        let mut past = Vec::with_room(lanes / WORD + 1)?;
        past.resize(lanes / WORD + 1, Seen::default());
        Ok(Self { rule, lanes, past, next: 0 })
    }

    /// Begins with other lanes.
    pub(crate) fn restart(&mut self) {
        self.past.fill(Seen::default());
    }

    /// The samples of the next word of signs that are the first of their lane after a crossing: a bit each.
    pub(crate) fn take(&mut self, word: Word) -> u64 {
        let seen = self.seen(word);
        let before = self.a_row_before(seen);
        self.past[self.next] = seen;
        self.next = if self.next + 1 == self.past.len() { 0 } else { self.next + 1 };
        let [seen, signs] =
            [seen, before].map(|Seen { negative, zero, .. }| Signs { negative, zero, len: 64 });
        self.rule.parted(seen, signs) & before.signed & word.filled
    }

    fn seen(&self, word: Word) -> Seen {
        if self.rule == ZeroRule::Neutral && word.signs.zero != 0 {
            return self.carried(word);
        }
        let Signs { negative, zero, .. } = self.rule.resolve(word.signs, Sign::default());
        Seen { negative, zero, signed: word.filled }
    }

    /// Gives zeros the sign of their lane: of words before, then of this one, in steps that double.
    fn carried(&self, word: Word) -> Seen {
        let (mut zero, before) = (word.signs.zero, self.a_row_before(Seen::default()));
        let mut negative = word.signs.negative | zero & before.negative;
        let mut signed = word.filled & !zero | zero & before.signed;
        let mut distance = self.lanes;
        while distance < WORD && zero != 0 {
            negative |= zero & negative << distance;
            signed |= zero & signed << distance;
            zero &= zero << distance;
            distance *= 2;
        }
        Seen { negative, zero: 0, signed }
    }

    /// What lies a row before a word that is this one, as far as it is known.
    fn a_row_before(&self, word: Seen) -> Seen {
        let (words, bits) = (self.lanes / WORD, self.lanes % WORD);
        let far = self.past[self.next];
        let near = match words {
            0 => word,
            1.. if self.next + 1 == self.past.len() => self.past[0],
            1.. => self.past[self.next + 1],
        };
        let joined = |near: u64, far: u64| near << bits | far >> 1 >> (WORD - 1 - bits);
        Seen {
            negative: joined(near.negative, far.negative),
            zero: joined(near.zero, far.zero),
            signed: joined(near.signed, far.signed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crossings::Crossings;

    /// The samples after a crossing, lane by lane.
    fn one_by_one(rule: ZeroRule, rows: &[i32], lanes: usize, missing: i32) -> Vec<bool> {
        let mut crossed = vec![false; rows.len()];
        for lane in 0..lanes {
            let mut counter = Crossings::new(rule);
            for at in (lane..rows.len()).step_by(lanes) {
                let before = counter.count();
                counter.extend_except(&rows[at..=at], missing).unwrap();
                crossed[at] = counter.count() > before;
            }
        }
        crossed
    }

    #[test]
    fn lanes_side_by_side_cross_as_each_alone() {
        let mut random = 1_u32;
        let mut samples = |count, values| -> Vec<i32> {
            let mut next = || {
                random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (random >> 24).cast_signed() % values - 1
            };
            (0..count).map(|_| next()).collect()
        };
        for (lanes, (_, rule)) in [1, 2, 3, 12, 31, 32, 63, 64, 65, 127, 128, 200]
            .into_iter()
            .flat_map(|lanes| ZeroRule::NAMES.map(|name| (lanes, name)))
        {
            let mut abreast = Abreast::new(rule, lanes).unwrap();
            for values in [2, 3, 4] {
                let rows = samples(9 * lanes, values);
                let mut crossed = Vec::new();
                let each = |_, word: Word| {
                    let bits = abreast.take(word);
                    crossed.extend((0..word.signs.len).map(|bit| bits >> bit & 1 == 1));
                };
                let (from, gaps) = (rows[..].into(), Some(2).into());
                Crossings::new(rule).extend_around(0, from, gaps, each).unwrap();
                assert_eq!(crossed, one_by_one(rule, &rows, lanes, 2), "{rule:?}, {lanes} lanes");
                abreast.restart();
            }
        }
    }
}
