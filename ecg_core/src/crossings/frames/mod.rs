//! Counting in many stretches of a signal at once, from its crossings alone.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
mod neon;
mod next;
mod portable;
mod ranks;

use next::Next;
use portable::counted;
use ranks::{before_signs, rank, ranks};

use super::signs::WORD;
use super::word::Word;
use crate::isa::{Isa, dispatch};

/// Equally long stretches of a signal, at equal distances, each counted as if it were alone.
///
/// A crossing is one of a frame if it lies at or before its last sample, and behind its first sample that has a
/// sign: to that one no sign leads. So two numbers of crossings give the count of a frame, and one pass over the
/// signal all of them.
pub(crate) struct Frames<'a> {
    /// The crossings before each frame that has begun, then those in it.
    slots: &'a mut [u64],
    isa: Isa,
    hop: isize,
    begun: Next,
    ended: Next,
    seen: u64,
}

impl<'a> Frames<'a> {
    /// A frame of `len` samples, at least 1, for each slot, which gets its count. The first begins at `start`, each other
    /// `hop` after the one before it. Where they reach beyond the signal, nothing crosses.
    pub(crate) fn new(start: isize, (len, hop): (usize, usize), slots: &'a mut [u64]) -> Self {
        let [begun, ended] =
            [0, len - 1].map(|at| Next { frame: 0, place: start.saturating_add_unsigned(at) });
        Self {
            slots,
            isa: Isa::current(),
            hop: isize::try_from(hop).unwrap_or(isize::MAX),
            begun,
            ended,
            seen: 0,
        }
    }

    /// Takes the next word of the signal, of which the first sample has this index.
    pub(crate) fn take(&mut self, from: usize, word: Word) {
        let ranks = ranks(word.crossed);
        let (mut begun, mut ended) = (self.begun.seen_from(from), self.ended.seen_from(from));
        if self.hop == 1 && begun.place >= 0 {
            self.begin_each(word, &mut begun);
        } else {
            self.begin_some(word, &ranks, &mut begun);
        }
        let last = || self.slots.len().min(ended.frame + ended.places(word.filled).len());
        if self.hop == 1 && ended.place >= 0 && last() <= begun.frame {
            self.end_each(word, &ranks, &mut ended);
        } else {
            self.end_some(word, &ranks, (&mut begun, &mut ended));
        }
        (self.begun, self.ended) = (begun.seen_before(from), ended.seen_before(from));
        self.seen += u64::from(word.crossed.count_ones());
    }

    fn begin_some(&mut self, word: Word, ranks: &[u8; WORD], begun: &mut Next) {
        while let (Some(slot), Some(ahead)) = (self.slots.get_mut(begun.frame), begun.within(word.signed)) {
            *slot = self.seen + rank(ranks, ahead);
            begun.step(self.hop);
        }
    }

    fn end_some(&mut self, word: Word, ranks: &[u8; WORD], (begun, ended): (&mut Next, &mut Next)) {
        while let (Some(slot), Some(ahead)) = (self.slots.get_mut(ended.frame), ended.within(word.filled)) {
            let without = ended.frame == begun.frame; // a sign, as far as was seen
            *slot = if without { 0 } else { counted(self.seen + rank(ranks, ahead), *slot) };
            ended.step(self.hop);
            if without {
                begun.step(self.hop);
            }
        }
    }

    /// As [`Self::begin_some`] where a frame begins at each sample, and none before the word.
    fn begin_each(&mut self, word: Word, begun: &mut Next) {
        let ranks = ranks(before_signs(word));
        let ranks = &ranks[begun.places(word.signed)];
        let slots = &mut self.slots[begun.frame..];
        begun.skip(slots.len().min(ranks.len()));
        dispatch!(self.isa, begin(slots, ranks, self.seen));
    }

    /// As [`Self::end_some`] where a frame ends at each sample, none before the word, and each has a sign.
    fn end_each(&mut self, word: Word, ranks: &[u8; WORD], ended: &mut Next) {
        let ranks = &ranks[ended.places(word.filled)];
        let slots = &mut self.slots[ended.frame..];
        ended.skip(slots.len().min(ranks.len()));
        dispatch!(self.isa, end(slots, ranks, self.seen));
    }

    /// Ends the frames that reach to the end of the signal, or beyond.
    pub(crate) fn finish(self) {
        let begun = self.begun.frame.max(self.ended.frame);
        for slot in &mut self.slots[self.ended.frame..begun] {
            *slot = self.seen - *slot;
        }
        self.slots[begun..].fill(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crossings::{Crossings, ZeroRule};

    /// Where frames of a signal start, how long they are and how far apart.
    const STRETCHES: [(isize, usize, usize); 12] = [
        (0, 1, 1),
        (-3, 7, 1),
        (0, 12, 12),
        (-70, 141, 2),
        (5, 64, 64),
        (-1, 2, 99),
        (-70, 141, 1),
        (5, 64, 1),
        (-1, 2, 1),
        (-200, 100, 1),
        (63, 65, 1),
        (250, 300, 1),
    ];

    /// Samples of a signal continued at both ends.
    fn part(samples: &[i32], start: isize, len: usize) -> Vec<i32> {
        let places = (start..).take(len).map(|at| at.max(0).cast_unsigned().min(samples.len() - 1));
        places.map(|at| samples[at]).collect()
    }

    fn counts(
        isa: Isa,
        samples: &[i32],
        (rule, missing): (ZeroRule, Option<i32>),
        (start, len, hop): (isize, usize, usize),
    ) -> Vec<u64> {
        let mut slots = vec![9; 280 / hop];
        let mut frames = Frames::new(start, (len, hop), &mut slots);
        frames.isa = isa;
        let each = |from, word| frames.take(from, word);
        Crossings::new(rule).extend_around(0, samples.into(), missing.into(), each).unwrap();
        frames.finish();
        slots
    }

    #[test]
    fn each_frame_is_counted_as_if_alone() {
        let samples: Vec<i32> = (0..300).map(|i| if i % 90 > 20 { 0 } else { (i * 7919 % 5) - 2 }).collect();
        for (_, rule) in ZeroRule::NAMES {
            for missing in [None, Some(2), Some(0)] {
                for (start, len, hop) in STRETCHES {
                    let alone = |start| {
                        let mut counter = Crossings::new(rule);
                        let part = part(&samples, start, len);
                        counter.extend_around(0, part[..].into(), missing.into(), |_, _| ()).unwrap();
                        counter.count()
                    };
                    let alone: Vec<_> = (start..).step_by(hop).take(280 / hop).map(alone).collect();
                    for isa in Isa::available() {
                        let found = counts(isa, &samples, (rule, missing), (start, len, hop));
                        assert_eq!(found, alone, "{rule:?} {missing:?} {start} {len} {hop}");
                    }
                }
            }
        }
    }

    #[test]
    fn words_may_be_short_and_apart() {
        let mut slots = [9; 4];
        let mut frames = Frames::new(0, (10, 10), &mut slots);
        frames.take(0, Word { crossed: 0b100, signed: 0b101, filled: 0b111, ..Word::default() });
        frames.take(12, Word { crossed: 0b110, signed: 0b111, filled: 0b111, ..Word::default() });
        frames.finish();
        assert_eq!(slots, [1, 2, 0, 0]);
    }

    #[test]
    fn lengths_and_places_may_be_the_largest() {
        for start in [isize::MIN, isize::MAX] {
            let mut slots = [9; 3];
            let mut frames = Frames::new(start, (usize::MAX, usize::MAX), &mut slots);
            frames.take(0, Word { crossed: 0b110, signed: 0b111, filled: 0b111, ..Word::default() });
            frames.finish();
            assert_eq!(slots, if start < 0 { [2, 2, 0] } else { [0; 3] });
        }
    }
}
