//! Counting in many stretches of a signal at once, from its crossings alone.

use std::collections::TryReserveError;

use super::signs::WORD;
use super::word::Word;

/// Equally long stretches of a signal, at equal distances, each counted as if it were alone.
///
/// A crossing is one of a frame if it lies at or before its last sample, and behind its first sample that has a
/// sign: to that one no sign leads. So two numbers of crossings tell the count of a frame, and one pass over the
/// signal tells both for all frames.
pub(crate) struct Frames {
    first: Ranks,
    last: Ranks,
}

impl Frames {
    /// `number` frames of `len` samples, which is at least 1; the first begins at `start`, each other `hop` after the
    /// one before it. Where they reach beyond the signal, nothing crosses.
    ///
    /// # Errors
    /// If there is no memory for so many.
    pub(crate) fn new(start: isize, len: usize, hop: usize, number: usize) -> Result<Self, TryReserveError> {
        let end = start.saturating_add_unsigned(len - 1);
        Ok(Self { first: Ranks::new(start, hop, number)?, last: Ranks::new(end, hop, number)? })
    }

    /// Takes the next word of the signal, of which the first sample has this index.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "for the instructions of the kernels")]
    pub(crate) fn take(&mut self, from: usize, word: Word) {
        self.first.take(from, word.crossed, word.signed);
        self.last.take(from, word.crossed, word.filled);
    }

    /// The crossings of each frame, when the whole signal was taken.
    pub(crate) fn counts(&self) -> impl Iterator<Item = u64> {
        // in a frame of zeros the first sign may come behind the last sample
        self.last.all().zip(self.first.all()).map(|(last, first)| last.saturating_sub(first))
    }
}

/// How many crossings there are up to each of some equally spaced places, or up to the next sample of a kind
/// from there on.
struct Ranks {
    next: isize,
    distance: usize,
    number: usize,
    seen: u64,
    found: Vec<u64>,
}

impl Ranks {
    fn new(next: isize, distance: usize, number: usize) -> Result<Self, TryReserveError> {
        let mut found = Vec::new();
        found.try_reserve_exact(number)?;
        Ok(Self { next, distance, number, seen: 0, found })
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "for the instructions of the kernels")]
    fn take(&mut self, from: usize, crossed: u64, kind: u64) {
        while self.found.len() < self.number {
            let place = self.next.saturating_sub_unsigned(from).max(0).cast_unsigned();
            let ahead = if place < WORD { kind & u64::MAX << place } else { 0 };
            if ahead == 0 {
                break; // it lies in a later word
            }
            let up_to = ahead ^ (ahead - 1);
            self.found.push(self.seen + u64::from((crossed & up_to).count_ones()));
            self.next = self.next.saturating_add_unsigned(self.distance);
        }
        self.seen += u64::from(crossed.count_ones());
    }

    /// Up to each place; behind the last sample nothing crosses.
    fn all(&self) -> impl Iterator<Item = u64> {
        self.found.iter().copied().chain(std::iter::repeat(self.seen)).take(self.number)
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
                let mut frames = Frames::new(start, len, hop, 280 / hop).unwrap();
                let mut counter = Crossings::new(rule);
                counter.extend_around(0, samples[..].into(), |from, word| frames.take(from, word)).unwrap();
                let mut starts = (start..).step_by(hop);
                for found in frames.counts() {
                    let alone = part(&samples, starts.next().unwrap(), len);
                    assert_eq!(found, count(&alone, rule, 0), "{rule:?} {start} {len} {hop}");
                }
            }
        }
    }

    #[test]
    fn words_may_be_short_and_apart() {
        let mut frames = Frames::new(0, 10, 10, 3).unwrap();
        frames.take(0, Word { crossed: 0b100, signed: 0b101, filled: 0b111 });
        frames.take(12, Word { crossed: 0b110, signed: 0b111, filled: 0b111 });
        assert_eq!(frames.counts().collect::<Vec<_>>(), [1, 2, 0]);
    }

    #[test]
    fn too_many_frames_are_an_error() {
        assert!(Frames::new(0, 1, 1, usize::MAX).is_err());
        assert_eq!(Frames::new(isize::MIN, usize::MAX, usize::MAX, 0).unwrap().counts().count(), 0);
    }
}
