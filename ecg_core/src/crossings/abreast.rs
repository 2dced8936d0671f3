//! Crossings in lanes that lie side by side: the sample before one lies a row before it.

use super::rule::ZeroRule;
use super::signs::{Signs, WORD};
use super::stretch::Stretch;
use crate::memory::{OutOfMemory, Room};

/// Makes of the signs in rows of samples, one of each lane, the crossings of all lanes: with 64 of them in a word,
/// nothing depends on how many lanes there are.
pub(crate) struct Abreast {
    rule: ZeroRule,
    lanes: usize,
    /// The words that were seen last, at least those that a row ago may lie in.
    negative: Vec<u64>,
    zero: Vec<u64>,
    /// They have a sign, be it that of a sample before.
    signed: Vec<u64>,
    /// How many words they are.
    len: usize,
}

impl Abreast {
    /// So many lanes, at least 1, of which nothing is seen yet.
    pub(crate) fn new(rule: ZeroRule, lanes: usize) -> Result<Self, OutOfMemory> {
        let past = lanes / WORD + 1;
        let room = past + past.max(Stretch::WORDS);
        let none = || -> Result<_, OutOfMemory> {
            let mut words = Vec::with_room(room)?;
            words.resize(room, 0);
            Ok(words)
        };
        Ok(Self { rule, lanes, negative: none()?, zero: none()?, signed: none()?, len: past })
    }

    /// The words that a row ago may lie in.
    fn past(&self) -> usize {
        self.lanes / WORD + 1
    }

    /// Begins with other lanes.
    pub(crate) fn restart(&mut self) {
        self.len = self.past();
        for words in [&mut self.negative, &mut self.zero, &mut self.signed] {
            words[..self.len].fill(0);
        }
    }

    /// Makes of what became of the next words the crossings in each lane.
    pub(crate) fn take(&mut self, stretch: &mut Stretch, words: usize) {
        self.make_room(words);
        self.see(stretch, words);
        if self.rule == ZeroRule::Neutral {
            let zeros = stretch.zero[..words].iter().enumerate().filter(|(_, zero)| **zero != 0);
            zeros.for_each(|(word, &zero)| self.carry(self.len + word, zero));
        }
        self.cross(stretch, words);
        self.len += words;
    }

    fn make_room(&mut self, words: usize) {
        if self.len + words > self.signed.len() {
            let last = self.len - self.past()..self.len;
            for rows in [&mut self.negative, &mut self.zero, &mut self.signed] {
                rows.copy_within(last.clone(), 0);
            }
            self.len = self.past();
        }
    }

    /// Notes the next words, but for the signs of zeros that have none of their own.
    fn see(&mut self, stretch: &Stretch, words: usize) {
        let next = self.len..self.len + words;
        self.negative[next.clone()].copy_from_slice(&stretch.negative[..words]);
        self.zero[next.clone()].copy_from_slice(&stretch.zero[..words]);
        self.signed[next.clone()].copy_from_slice(&stretch.filled[..words]);
        let zeros = stretch.zero[..words].iter();
        match self.rule {
            ZeroRule::Neutral => self.signed[next].iter_mut().zip(zeros).for_each(|(to, zero)| *to &= !zero),
            ZeroRule::Negative => {
                self.negative[next].iter_mut().zip(zeros).for_each(|(to, zero)| *to |= zero);
            }
            _ => {}
        }
    }

    /// Gives the zeros of a word the sign of their lane: of words before, then of this one, in steps that double.
    fn carry(&mut self, word: usize, mut zero: u64) {
        let near = self.lanes / WORD; // so many words ago; this one is not known yet
        let before =
            |rows: &[u64]| self.shifted(if near == 0 { 0 } else { rows[word - near] }, rows[word - near - 1]);
        let mut negative = self.negative[word] | zero & before(&self.negative);
        let mut signed = self.signed[word] | zero & before(&self.signed);
        let mut distance = self.lanes;
        while distance < WORD && zero != 0 {
            negative |= zero & negative << distance;
            signed |= zero & signed << distance;
            zero &= zero << distance;
            distance *= 2;
        }
        (self.negative[word], self.signed[word]) = (negative, signed);
    }

    fn cross(&self, stretch: &mut Stretch, words: usize) {
        match self.rule {
            // each has its own loop, of which the compiler makes vectors
            ZeroRule::Distinct => self.cross_by(ZeroRule::Distinct, stretch, words),
            ZeroRule::Strict => self.cross_by(ZeroRule::Strict, stretch, words),
            _ => self.cross_by(ZeroRule::Positive, stretch, words),
        }
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "each caller knows another rule")]
    fn cross_by(&self, rule: ZeroRule, stretch: &mut Stretch, words: usize) {
        let negative = self.next(&self.negative, words).zip(self.a_row_before(&self.negative, words));
        let zero = self.next(&self.zero, words).zip(self.a_row_before(&self.zero, words));
        let there = stretch.filled[..words].iter().zip(self.a_row_before(&self.signed, words));
        let words = stretch.crossed[..words].iter_mut().zip(negative).zip(zero).zip(there);
        for (((crossed, negative), zero), (&filled, signed)) in words {
            let [seen, before] = [(negative.0, zero.0), (negative.1, zero.1)].map(|(negative, zero)| Signs {
                negative,
                zero,
                len: u64::BITS,
            });
            *crossed = rule.parted(seen, before) & signed & filled;
        }
    }

    fn next(&self, rows: &[u64], words: usize) -> impl Iterator<Item = u64> {
        rows[self.len..][..words].iter().copied()
    }

    /// What lies a row before each of the next words.
    fn a_row_before(&self, rows: &[u64], words: usize) -> impl Iterator<Item = u64> {
        let from = self.len - self.lanes / WORD;
        let (near, far) = (&rows[from..][..words], &rows[from - 1..][..words]);
        near.iter().zip(far).map(|(&near, &far)| self.shifted(near, far))
    }

    /// The bits of two words that follow each other from a row before the second word on.
    fn shifted(&self, near: u64, far: u64) -> u64 {
        let bits = self.lanes % WORD;
        near << bits | far >> 1 >> (WORD - 1 - bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crossings::Crossings;
    use crate::crossings::stretch::found;

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
        let short = [1, 2, 3, 12, 31, 32, 63, 64, 65, 127, 128, 200].map(|lanes| (lanes, 9));
        let long = [(12, 3000), (64, 600), (20_000, 2)];
        for ((lanes, count), (_, rule)) in
            short.into_iter().chain(long).flat_map(|rows| ZeroRule::NAMES.map(|name| (rows, name)))
        {
            let mut abreast = Abreast::new(rule, lanes).unwrap();
            for values in [2, 3, 4] {
                let rows = samples(count * lanes, values);
                let crossed = found(rule, &rows, 2, |stretch, words| abreast.take(stretch, words));
                assert_eq!(crossed, one_by_one(rule, &rows, lanes, 2), "{rule:?}, {lanes} lanes");
                abreast.restart();
            }
        }
    }
}
