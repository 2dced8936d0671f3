//! Short lanes that lie apart: copied, they follow each other and are read as one.

use pyo3::prelude::*;

use super::lanes::Lanes;
use super::sides::{MANY, Room};
use crate::crossings::{Crossings, Joined, NotANumber, Stretch, WORD, tally_each};
use crate::python::buffers::elements::Element;

impl<T: Element> Lanes<'_, '_, T> {
    /// Counts in each of all lanes, which [are short](Self::are_short).
    pub(super) fn count_gathered(&self, counts: &mut [u64]) -> PyResult<()> {
        let (len, together, mut all) = (self.len(), MANY / self.len(), self.all());
        let (mut samples, mut room, mut stretch) =
            ([T::Counted::default(); MANY], Room::new(), Stretch::new());
        for (turn, counts) in counts.chunks_mut(together).enumerate() {
            let (first, samples) = (turn * together, &mut samples[..counts.len() * len]);
            for (slots, (_, lane)) in samples.chunks_exact_mut(len).zip(&mut all) {
                lane.copy(0, slots, T::counted);
            }
            let crossed = self.cross_gathered(first, samples, &mut room, &mut stretch);
            crossed.map_err(|nan| self.not_a_number(first + nan.index / len, nan.index % len))?;
            tally_each(&stretch.crossed, len, counts)?;
        }
        Ok(())
    }

    /// Finds the crossings in samples of lanes that follow each other, of which the first one has this index.
    fn cross_gathered(
        &self,
        first: usize,
        samples: &[T::Counted],
        room: &mut Room<T::Counted>,
        stretch: &mut Stretch,
    ) -> Result<(), NotANumber> {
        let rule = self.rule_together();
        let (counter, mut each) = (&mut Crossings::new(rule), |from, word| stretch.take(from, word));
        match self.each_level() {
            Some(levels) => self.count_beside((&levels[first..], 0), samples, room, counter, &mut each)?,
            None => {
                counter.extend_around(self.level_of(0), samples.into(), self.missing.into(), each)?;
            }
        }
        Joined::new(rule, self.len()).take(stretch, samples.len().div_ceil(WORD));
        Ok(())
    }
}
