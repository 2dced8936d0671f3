//! Counting in many stretches of a signal at once, from its crossings alone.

use super::signs::WORD;
use super::word::Word;
use crate::bits::spread::{EACH, SPREAD};

/// Equally long stretches of a signal, at equal distances, each counted as if it were alone.
///
/// A crossing is one of a frame if it lies at or before its last sample, and behind its first sample that has a
/// sign: to that one no sign leads. So two numbers of crossings give the count of a frame, and one pass over the
/// signal all of them.
pub(crate) struct Frames<'a, F> {
    /// The crossings before each frame that has begun, then what `answer` makes of its count.
    slots: &'a mut [u64],
    answer: F,
    hop: isize,
    begun: Next,
    ended: Next,
    seen: u64,
}

/// The next frame of which the first or the last sample is waited for, and where that is.
struct Next {
    frame: usize,
    place: isize,
}

impl<'a, F: Fn(u64) -> u64> Frames<'a, F> {
    /// A frame of `len` samples, at least 1, for each slot, which gets what `answer` makes of its count. The first
    /// begins at `start`, each other `hop` after the one before it. Where they reach beyond the signal, nothing crosses.
    pub(crate) fn new(start: isize, (len, hop): (usize, usize), slots: &'a mut [u64], answer: F) -> Self {
        let [begun, ended] =
            [0, len - 1].map(|at| Next { frame: 0, place: start.saturating_add_unsigned(at) });
        Self { slots, answer, hop: isize::try_from(hop).unwrap_or(isize::MAX), begun, ended, seen: 0 }
    }

    /// Takes the next word of the signal, of which the first sample has this index.
    pub(crate) fn take(&mut self, from: usize, word: Word) {
        let ranks = ranks(word.crossed);
        let seen = |ahead: u64| self.seen + u64::from(ranks[ahead.trailing_zeros() as usize % WORD]);
        let mut begun = self.begun.seen_from(from);
        while let (Some(slot), Some(ahead)) = (self.slots.get_mut(begun.frame), begun.within(word.signed)) {
            *slot = seen(ahead);
            begun.step(self.hop);
        }
        let mut ended = self.ended.seen_from(from);
        while let (Some(slot), Some(ahead)) = (self.slots.get_mut(ended.frame), ended.within(word.filled)) {
            let without = ended.frame == begun.frame; // a sign, as far as was seen
            // the first sign may also come behind the frame
            let count = seen(ahead).saturating_sub(*slot);
            *slot = (self.answer)(if without { 0 } else { count });
            ended.step(self.hop);
            if without {
                begun.step(self.hop);
            }
        }
        (self.begun, self.ended) = (begun.seen_before(from), ended.seen_before(from));
        self.seen += u64::from(word.crossed.count_ones());
    }

    /// Ends the frames that reach to the end of the signal, or beyond.
    pub(crate) fn finish(self) {
        let begun = self.begun.frame.max(self.ended.frame);
        for slot in &mut self.slots[self.ended.frame..begun] {
            *slot = (self.answer)(self.seen - *slot);
        }
        self.slots[begun..].fill((self.answer)(0));
    }
}

impl Next {
    fn seen_from(&self, from: usize) -> Self {
        Self { frame: self.frame, place: self.place.saturating_sub_unsigned(from) }
    }

    fn seen_before(&self, from: usize) -> Self {
        Self { frame: self.frame, place: self.place.saturating_add_unsigned(from) }
    }

    /// The samples of a kind from this place in a word on, if there are any.
    fn within(&self, kind: u64) -> Option<u64> {
        let at = self.place.max(0).cast_unsigned();
        let ahead = if at < WORD { kind & u64::MAX << at } else { 0 };
        (ahead != 0).then_some(ahead)
    }

    fn step(&mut self, hop: isize) {
        self.frame += 1;
        self.place = self.place.saturating_add(hop);
    }
}

/// For each bit how many are set up to it.
fn ranks(bits: u64) -> [u8; WORD] {
    let (mut ranks, mut before) = ([0; WORD], 0);
    for (eight, bits) in ranks.as_chunks_mut().0.iter_mut().zip(bits.to_le_bytes()) {
        let sums = u64::from_le_bytes(SPREAD[usize::from(bits)]).wrapping_mul(EACH) + before * EACH;
        (*eight, before) = (sums.to_le_bytes(), sums >> 56);
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crossings::{Crossings, ZeroRule, count};

    /// Samples of a signal continued at both ends.
    fn part(samples: &[i32], start: isize, len: usize) -> Vec<i32> {
        let places = (start..).take(len).map(|at| at.max(0).cast_unsigned().min(samples.len() - 1));
        places.map(|at| samples[at]).collect()
    }

    #[test]
    fn each_frame_is_counted_as_if_alone() {
        let samples: Vec<i32> = (0..300).map(|i| if i % 90 > 20 { 0 } else { (i * 7919 % 5) - 2 }).collect();
        for (_, rule) in ZeroRule::NAMES {
            for (start, len, hop) in
                [(0, 1, 1), (-3, 7, 1), (0, 12, 12), (-70, 141, 3), (5, 64, 64), (-1, 2, 99)]
            {
                let mut slots = vec![9; 280 / hop];
                let mut frames = Frames::new(start, (len, hop), &mut slots, |count| count);
                let mut counter = Crossings::new(rule);
                counter
                    .extend_around(0, samples[..].into(), None.into(), |from, word| frames.take(from, word))
                    .unwrap();
                frames.finish();
                let mut starts = (start..).step_by(hop);
                for found in slots {
                    let alone = part(&samples, starts.next().unwrap(), len);
                    assert_eq!(found, count(&alone, rule, 0), "{rule:?} {start} {len} {hop}");
                }
            }
        }
    }

    #[test]
    fn ranks_are_counts_of_bits() {
        for bits in [0, 1, u64::MAX, 0x8000_0000_0000_0001, 0x0123_4567_89AB_CDEF] {
            for (place, rank) in ranks(bits).into_iter().enumerate() {
                assert_eq!(u32::from(rank), (bits << (63 - place)).count_ones());
            }
        }
    }

    #[test]
    fn words_may_be_short_and_apart() {
        let mut slots = [9; 4];
        let mut frames = Frames::new(0, (10, 10), &mut slots, |count| count);
        frames.take(0, Word { crossed: 0b100, signed: 0b101, filled: 0b111 });
        frames.take(12, Word { crossed: 0b110, signed: 0b111, filled: 0b111 });
        frames.finish();
        assert_eq!(slots, [1, 2, 0, 0]);
    }

    #[test]
    fn lengths_and_places_may_be_the_largest() {
        for start in [isize::MIN, isize::MAX] {
            let mut slots = [9; 3];
            let mut frames = Frames::new(start, (usize::MAX, usize::MAX), &mut slots, |count| count);
            frames.take(0, Word { crossed: 0b110, signed: 0b111, filled: 0b111 });
            frames.finish();
            assert_eq!(slots, if start < 0 { [2, 2, 0] } else { [0; 3] });
        }
    }
}
