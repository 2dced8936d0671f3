//! Short lanes that follow each other and have baselines of their own: by where each sample lies beside its level.

use std::ops::Range;

use super::lanes::Lanes;
use crate::crossings::{Crossings, NotANumber, Sample, Samples, Word, take_sides};
use crate::python::buffers::elements::Element;
use crate::python::buffers::lane::Lane;
use crate::python::levels::level::Level;

/// Samples that are looked at together.
pub(super) const MANY: usize = 1024;

/// The levels of some samples.
pub(super) struct Room<T> {
    levels: [T; MANY],
    above: [i16; MANY],
    sides: [i16; MANY],
}

impl<T: Sample> Room<T> {
    pub(super) fn new() -> Self {
        Self { levels: [T::default(); MANY], above: [0; MANY], sides: [0; MANY] }
    }

    /// Gives each of some samples the level of its lane, all of which have so many.
    fn spread(&mut self, levels: &[Level<T>], len: usize, samples: &Range<usize>) {
        let (mut at, mut left) = (0, len - samples.start % len);
        for level in &levels[samples.start / len..] {
            let these = at..samples.len().min(at + left);
            self.levels[these.clone()].fill(level.at);
            self.above[these].fill(level.above().into());
            (at, left) = (at + left, len);
            if at >= samples.len() {
                return;
            }
        }
    }
}

impl<T: Element> Lanes<'_, '_, T> {
    /// Counts in samples of lanes with these levels, of which the first one lies at a place of all lanes; `each` is as for
    /// one lane.
    pub(super) fn count_sides(
        &self,
        (levels, from): (&[Level<T::Counted>], usize),
        samples: &Lane<'_, T>,
        counter: &mut Crossings,
        each: &mut dyn FnMut(usize, Word),
    ) -> Result<(), NotANumber> {
        let mut room = Room::new();
        samples.counted_blocks::<MANY, _>(|at, numbers| {
            let each = &mut |place, word| each(at + place, word);
            let outcome = self.count_beside((levels, from + at), numbers, &mut room, counter, each);
            outcome.map_err(|nan| nan.after(at))
        })
    }

    /// The same in up to [`MANY`] numbers.
    pub(super) fn count_beside(
        &self,
        (levels, from): (&[Level<T::Counted>], usize),
        numbers: &[T::Counted],
        room: &mut Room<T::Counted>,
        counter: &mut Crossings,
        each: &mut dyn FnMut(usize, Word),
    ) -> Result<(), NotANumber> {
        room.spread(levels, self.len(), &(from..from + numbers.len()));
        let (levels, above) = (&room.levels[..numbers.len()], &room.above[..numbers.len()]);
        let sides = &mut room.sides[..numbers.len()];
        Samples { numbers, levels, above }.sides(self.missing, sides)?;
        take_sides(counter, sides, self.missing.is_some(), each);
        Ok(())
    }
}
