//! What became of some words of samples, before the lanes in them are told apart.

use super::signs::WORD;
use super::word::Word;

/// What became of up to [`Stretch::SAMPLES`] samples, a bit each: what kernels store inline, and what is vectorised.
pub(crate) struct Stretch {
    /// The first after a crossing; at last of its own lane.
    pub(crate) crossed: [u64; Self::WORDS],
    pub(super) negative: [u64; Self::WORDS],
    pub(super) zero: [u64; Self::WORDS],
    pub(super) filled: [u64; Self::WORDS],
}

impl Stretch {
    pub(super) const WORDS: usize = 256;
    /// As many samples as there is room for, a number of whole words.
    pub(crate) const SAMPLES: usize = Self::WORDS * WORD;

    pub(crate) fn new() -> Self {
        let none = [0; Self::WORDS];
        Self { crossed: none, negative: none, zero: none, filled: none }
    }

    /// Takes the word whose first sample has this index.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a call would make a kernel forget its registers")]
    pub(crate) fn take(&mut self, from: usize, word: Word) {
        let at = from / WORD % Self::WORDS;
        self.crossed[at] = word.crossed;
        self.negative[at] = word.signs.negative;
        self.zero[at] = word.signs.zero;
        self.filled[at] = word.filled;
    }
}

/// The crossings that are left of those in samples, a stretch at a time.
#[cfg(test)]
pub(super) fn found(
    rule: super::ZeroRule,
    samples: &[i32],
    missing: i32,
    mut leave: impl FnMut(&mut Stretch, usize),
) -> Vec<bool> {
    let (mut counter, mut crossed) = (super::Crossings::new(rule), Vec::new());
    for samples in samples.chunks(Stretch::SAMPLES) {
        let mut stretch = Stretch::new();
        let each = |from, word| stretch.take(from, word);
        counter.extend_around(0, samples.into(), Some(missing).into(), each).unwrap();
        leave(&mut stretch, samples.len().div_ceil(WORD));
        crossed.extend((0..samples.len()).map(|at| stretch.crossed[at / WORD] >> (at % WORD) & 1 == 1));
    }
    crossed
}
