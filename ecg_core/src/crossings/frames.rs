//! Counting in many stretches of a signal at once, from its crossings alone.

use super::signs::WORD;
use super::word::Word;

/// Equally long stretches of a signal, at equal distances, each counted as if it were alone.
///
/// A crossing is one of a frame if it lies at or before its last sample, and behind its first sample that has a
/// sign: to that one no sign leads. So two numbers of crossings give the count of a frame, and one pass over the
/// signal all of them.
pub(crate) struct Frames<'a, F> {
    /// The crossings before each frame that has begun, then what `answer` makes of its count.
    slots: &'a mut [[u8; 8]],
    answer: F,
    hop: usize,
    begun: Next,
    ended: Next,
    seen: u64,
}

/// The next frame of which the first or the last sample is waited for, and where that is.
struct Next {
    frame: usize,
    place: isize,
}

impl<'a, F: Fn(u64) -> [u8; 8]> Frames<'a, F> {
    /// A frame of `len` samples, at least 1, for each slot, which gets what `answer` makes of its count. The first
    /// begins at `start`, each other `hop` after the one before it. Where they reach beyond the signal, nothing crosses.
    pub(crate) fn new(start: isize, (len, hop): (usize, usize), slots: &'a mut [[u8; 8]], answer: F) -> Self {
        let [begun, ended] =
            [0, len - 1].map(|at| Next { frame: 0, place: start.saturating_add_unsigned(at) });
        Self { slots, answer, hop, begun, ended, seen: 0 }
    }

    /// Takes the next word of the signal, of which the first sample has this index.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "for the instructions of the kernels")]
    pub(crate) fn take(&mut self, from: usize, word: Word) {
        let seen = |up_to: u64| self.seen + u64::from((word.crossed & up_to).count_ones());
        while let Some(slot) = self.slots.get_mut(self.begun.frame)
            && let Some(up_to) = self.begun.within(from, word.signed)
        {
            *slot = seen(up_to).to_ne_bytes();
            self.begun.step(self.hop);
        }
        while let Some(slot) = self.slots.get_mut(self.ended.frame)
            && let Some(up_to) = self.ended.within(from, word.filled)
        {
            *slot = if self.ended.frame == self.begun.frame {
                self.begun.step(self.hop); // it has no sign, as far as was seen
                (self.answer)(0)
            } else {
                // its first sign may come behind it
                (self.answer)(seen(up_to).saturating_sub(u64::from_ne_bytes(*slot)))
            };
            self.ended.step(self.hop);
        }
        self.seen += u64::from(word.crossed.count_ones());
    }

    /// Ends the frames that reach to the end of the signal, or beyond.
    pub(crate) fn finish(self) {
        let begun = self.begun.frame.max(self.ended.frame);
        for slot in &mut self.slots[self.ended.frame..begun] {
            *slot = (self.answer)(self.seen - u64::from_ne_bytes(*slot));
        }
        self.slots[begun..].fill((self.answer)(0));
    }
}

impl Next {
    /// The samples of a word up to the first of a kind that is not before this place, if there is one.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "for the instructions of the kernels")]
    fn within(&self, from: usize, kind: u64) -> Option<u64> {
        let at = self.place.saturating_sub_unsigned(from).max(0).cast_unsigned();
        let ahead = if at < WORD { kind & u64::MAX << at } else { 0 };
        (ahead != 0).then(|| ahead ^ (ahead - 1))
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "for the instructions of the kernels")]
    fn step(&mut self, hop: usize) {
        self.frame += 1;
        self.place = self.place.saturating_add_unsigned(hop);
    }
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
                let mut slots = vec![[9; 8]; 280 / hop];
                let mut frames = Frames::new(start, (len, hop), &mut slots, u64::to_ne_bytes);
                let mut counter = Crossings::new(rule);
                counter.extend_around(0, samples[..].into(), |from, word| frames.take(from, word)).unwrap();
                frames.finish();
                let mut starts = (start..).step_by(hop);
                for found in slots.into_iter().map(u64::from_ne_bytes) {
                    let alone = part(&samples, starts.next().unwrap(), len);
                    assert_eq!(found, count(&alone, rule, 0), "{rule:?} {start} {len} {hop}");
                }
            }
        }
    }

    #[test]
    fn words_may_be_short_and_apart() {
        let mut slots = [[9; 8]; 4];
        let mut frames = Frames::new(0, (10, 10), &mut slots, u64::to_ne_bytes);
        frames.take(0, Word { crossed: 0b100, signed: 0b101, filled: 0b111 });
        frames.take(12, Word { crossed: 0b110, signed: 0b111, filled: 0b111 });
        frames.finish();
        assert_eq!(slots.map(u64::from_ne_bytes), [1, 2, 0, 0]);
    }

    #[test]
    fn lengths_and_places_may_be_the_largest() {
        for start in [isize::MIN, isize::MAX] {
            let mut slots = [[9; 8]; 3];
            let mut frames = Frames::new(start, (usize::MAX, usize::MAX), &mut slots, u64::to_ne_bytes);
            frames.take(0, Word { crossed: 0b110, signed: 0b111, filled: 0b111 });
            frames.finish();
            assert_eq!(slots.map(u64::from_ne_bytes), if start < 0 { [2, 0, 0] } else { [0; 3] });
        }
    }
}
