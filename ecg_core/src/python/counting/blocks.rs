//! Lanes that are read at once, in the order of memory, and what finds their crossings.

use pyo3::prelude::*;

use super::lanes::{Lanes, Numbered};
use crate::crossings::{Abreast, Joined, Stretch, WORD};
use crate::memory::{OutOfMemory, Room};
use crate::python::buffers::elements::Element;

/// What knows how the lanes of a block lie in it.
pub(crate) enum Finder {
    Alone,
    Joined(Joined),
    Abreast(Abreast),
}

impl Finder {
    /// Leaves the crossings of each lane in so many words.
    fn take(&mut self, stretch: &mut Stretch, words: usize) {
        match self {
            Self::Alone => {}
            Self::Joined(lanes) => lanes.take(stretch, words),
            Self::Abreast(lanes) => lanes.take(stretch, words),
        }
    }

    fn restart(&mut self) {
        if let Self::Abreast(lanes) = self {
            lanes.restart();
        }
    }
}

/// Lanes that follow each other, or lie side by side, are a block; another lane is one alone.
pub(crate) struct Blocks<'l, 'a, T> {
    /// How many lanes lie side by side in each.
    pub(crate) abreast: usize,
    /// The axis of the array along which they are read first.
    pub(crate) last: usize,
    /// The samples of each.
    pub(crate) samples: usize,
    pub(crate) finder: Finder,
    /// Each with the index of its first lane.
    pub(crate) all: Box<dyn Iterator<Item = Numbered<'a, T>> + 'l>,
}

impl<'a, T: Element> Lanes<'a, '_, T> {
    pub(crate) fn blocks(&self) -> PyResult<Blocks<'_, 'a, T>> {
        let (len, last) = (self.len(), self.axis);
        if let Some(joined) = self.joined().filter(|joined| joined.len > len) {
            let rule = self.counter((0, joined)).rule();
            let (finder, samples) = (Finder::Joined(Joined::new(rule, len)), joined.len);
            let all = Box::new([(0, joined)].into_iter());
            return Ok(Blocks { abreast: 1, last, samples, finder, all });
        }
        if let Some((abreast, all)) = self.abreast() {
            let (finder, samples) = (Finder::Abreast(Abreast::new(self.rule_of(0), abreast)?), abreast * len);
            let part = move |index| all.part(&(index * samples..(index + 1) * samples));
            let all = Box::new((0..all.len / samples).map(move |index| (index * abreast, part(index))));
            return Ok(Blocks { abreast, last: self.view.shape().len() - 1, samples, finder, all });
        }
        Ok(Blocks { abreast: 1, last, samples: len, finder: Finder::Alone, all: Box::new(self.all()) })
    }

    /// Sets a bit for each sample of a block that is the first of its lane after a crossing, from one of them on.
    pub(crate) fn cross(
        &self,
        (abreast, finder): (usize, &mut Finder),
        block: Numbered<'_, T>,
        stretch: &mut Stretch,
        (words, start): (&mut [u64], usize),
    ) -> PyResult<()> {
        finder.restart();
        let mut counter = self.counter(block);
        for from in (0..block.1.len).step_by(Stretch::SAMPLES) {
            let samples = from..block.1.len.min(from + Stretch::SAMPLES);
            let len = samples.len().div_ceil(WORD);
            let each = |from, word| stretch.take(from, word);
            self.count_part(abreast, block, samples, &mut counter, each)?;
            finder.take(stretch, len);
            put(words, start + from, &stretch.crossed[..len]);
        }
        Ok(())
    }
}

/// Sets bits in words from any place on.
fn put(words: &mut [u64], at: usize, bits: &[u64]) {
    let (words, shift) = (&mut words[at / WORD..], at % WORD);
    words.iter_mut().zip(bits).for_each(|(word, bits)| *word |= bits << shift);
    if shift > 0 {
        words[1..].iter_mut().zip(bits).for_each(|(word, bits)| *word |= bits >> (WORD - shift));
    }
}

/// Words for so many bits, none of which is set.
pub(crate) fn unset(bits: usize) -> Result<Vec<u64>, OutOfMemory> {
    let len = bits.div_ceil(WORD);
    let mut words = Vec::with_room(len)?;
    words.resize(len, 0);
    Ok(words)
}
