//! Counting in the lanes of buffers, whatever their samples are.

use std::ops::Range;

use pyo3::prelude::*;

use crate::crossings::{Crossings, Gaps, Marks, NotANumber, Unmarked, WORD, Word, ZeroRule};
use crate::python::buffers::axes::{no_number, position, without};
use crate::python::buffers::elements::Element;
use crate::python::buffers::lane::Lane;
use crate::python::buffers::view::View;
use crate::python::levels::baseline::Levels;
use crate::python::levels::level::Level;
use crate::python::levels::missing::missing_of;

/// The most samples of lanes that are counted faster as one with others, around other baselines or in a copy.
const SHORT: usize = 24;

/// Samples that are copied together where there are many.
const MANY: usize = 16 * WORD;

/// Runs an expression with the lanes of samples along an axis, whatever their type.
macro_rules! with_lanes {
    ($signal:expr, $axis:expr, ($rule:expr, $baseline:expr, $missing:expr), $lanes:ident => $work:expr) => {{
        let view = $crate::python::inputs::view($signal, $missing.is_some())?;
        let axis = $crate::python::buffers::axes::axis_of($axis, view.shape().len())?;
        $crate::python::buffers::elements::with_element!(view, T => {
            let baseline = $baseline.get();
            let levels = ($rule, baseline.as_ref(), $missing);
            let $lanes = $crate::python::counting::lanes::Lanes::<T>::of($signal.py(), &view, axis, levels)?;
            $work
        })
    }};
}
pub(crate) use with_lanes;

/// A lane with its index, or some that are read as one with that of the first.
pub(crate) type Numbered<'a, T> = (usize, Lane<'a, T>);

/// The lanes along an axis of a buffer, and how to count in them.
pub(crate) struct Lanes<'a, 'py, T: Element> {
    pub(crate) py: Python<'py>,
    pub(crate) view: &'a View,
    pub(crate) axis: usize,
    rule: ZeroRule,
    levels: Levels<T::Counted>,
    pub(super) missing: Option<T::Counted>,
}

impl<'a, 'py, T: Element> Lanes<'a, 'py, T> {
    pub(crate) fn of(
        py: Python<'py>,
        view: &'a View,
        axis: usize,
        (rule, baseline, missing): (ZeroRule, Option<&Bound<'py, PyAny>>, Option<&Bound<'py, PyAny>>),
    ) -> PyResult<Self> {
        let levels = Levels::of::<T>(baseline, axis, view.shape())?;
        Ok(Self { py, view, axis, rule, levels, missing: missing_of::<T>(missing)? })
    }

    /// The samples in each lane.
    pub(crate) fn len(&self) -> usize {
        self.view.shape()[self.axis]
    }

    /// The lengths of the other axes.
    pub(crate) fn others(&self) -> Vec<usize> {
        without(self.axis, self.view.shape())
    }

    /// Whether all lanes have the same baseline.
    pub(super) fn has_one_level(&self) -> bool {
        matches!(self.levels, Levels::Same(_))
    }

    /// Whether the lanes are counted faster as one than each by itself, be it that their baselines differ or they lie apart.
    pub(super) fn are_short(&self) -> bool {
        (1..=SHORT).contains(&self.len()) && !self.view.has_marks()
    }

    /// All lanes, each with its index.
    pub(crate) fn all(&self) -> impl Iterator<Item = Numbered<'a, T>> {
        self.view.lanes(self.py, self.axis).enumerate()
    }

    /// All lanes as one, and how many lie side by side: more than one, all with samples and the same baseline.
    pub(super) fn abreast(&self) -> Option<(usize, Lane<'a, T>)> {
        let abreast = self.view.shape()[self.axis + 1..].iter().product();
        let alike = abreast > 1 && self.len() > 0 && self.has_one_level();
        let all = || self.view.joined_lanes(self.py, self.view.shape().len() - 1);
        Some((abreast, alike.then(all).flatten()?))
    }

    /// All lanes as one, if they have samples, follow each other, and have the same baseline or are short.
    pub(crate) fn joined(&self) -> Option<Lane<'a, T>> {
        let alike = match &self.levels {
            Levels::Same(_) => self.len() > 0,
            Levels::Each(levels) => !levels.is_empty() && self.are_short(),
        };
        alike.then(|| self.view.joined_lanes(self.py, self.axis)).flatten()
    }

    /// Counts in the lane of this index, or in all that are joined; `each` is as for [`count_lane`].
    pub(crate) fn count(&self, lane: Numbered<'_, T>, each: impl FnMut(usize, Word)) -> PyResult<u64> {
        let mut counter = self.counter(lane);
        self.count_part(1, lane, 0..lane.1.len, &mut counter, each)?;
        Ok(counter.count())
    }

    /// What counts in the lane of this index, or in all as one.
    pub(super) fn counter(&self, lane: Numbered<'_, T>) -> Crossings {
        Crossings::new(if self.own_levels(&lane.1).is_some() { self.rule } else { self.rule_of(lane.0) })
    }

    /// The rule to count with in lanes that are copied to where they follow each other.
    pub(super) fn rule_together(&self) -> ZeroRule {
        if self.has_one_level() { self.rule_of(0) } else { self.rule }
    }

    /// The rule to count with in all lanes as one, or in the lane of this index.
    pub(super) fn rule_of(&self, lane: usize) -> ZeroRule {
        self.levels.lane(lane).rule(self.rule)
    }

    /// What the samples in the lane of this index are compared with.
    pub(super) fn level_of(&self, lane: usize) -> T::Counted {
        self.levels.lane(lane).at
    }

    /// The levels of all lanes, if they are joined and each has its own.
    fn own_levels(&self, lane: &Lane<'_, T>) -> Option<&[Level<T::Counted>]> {
        self.each_level().filter(|_| lane.len > self.len())
    }

    /// The levels of all lanes, if each has its own.
    pub(super) fn each_level(&self) -> Option<&[Level<T::Counted>]> {
        match &self.levels {
            Levels::Each(levels) => Some(levels),
            Levels::Same(_) => None,
        }
    }

    /// Counts as [`Self::count`] in some samples of so many lanes side by side, as if they were one.
    pub(super) fn count_part(
        &self,
        abreast: usize,
        (index, lane): Numbered<'_, T>,
        samples: Range<usize>,
        counter: &mut Crossings,
        mut each: impl FnMut(usize, Word),
    ) -> PyResult<()> {
        let part = lane.part(&samples);
        let outcome = match self.own_levels(&lane) {
            Some(levels) => self.count_sides((levels, samples.start), &part, counter, &mut each),
            None => count_lane(&part, (self.level_of(index), self.missing), counter, each),
        };
        outcome.map_err(|nan| {
            let at = samples.start + nan.index;
            let (row, lane) = (at / abreast, index + at % abreast);
            self.not_a_number(lane + row / self.len(), row % self.len())
        })
    }

    /// The error of a sample in the lane of this index that is NaN.
    pub(super) fn not_a_number(&self, lane: usize, sample: usize) -> PyErr {
        let mut position = position(self.view.shape(), self.axis, lane);
        position[self.axis] = sample;
        no_number(self.py, "NaN", &position)
    }
}

/// Counts in a lane around a level, and around the samples that are marked or equal `missing`; `each` gets the index of
/// the first sample of each word of signs, and what became of it.
pub(crate) fn count_lane<T: Element>(
    lane: &Lane<'_, T>,
    levels: (T::Counted, Option<T::Counted>),
    counter: &mut Crossings,
    mut each: impl FnMut(usize, Word),
) -> Result<(), NotANumber> {
    let Some(marks) = lane.marks() else { return count_around(lane, levels, |_| Unmarked, counter, each) };
    let each: &mut dyn FnMut(usize, Word) = &mut each; // few have marks, and each type has kernels of its own
    count_around(lane, levels, |from| move |at| marks.word(from + at), counter, each)
}

/// `marks` gives those of the samples from an index on.
fn count_around<T: Element, M: Marks>(
    lane: &Lane<'_, T>,
    (level, missing): (T::Counted, Option<T::Counted>),
    marks: impl Fn(usize) -> M,
    counter: &mut Crossings,
    mut each: impl FnMut(usize, Word),
) -> Result<(), NotANumber> {
    let gaps = |from| Gaps { missing, marks: marks(from) };
    if let Some(run) = lane.run() {
        return counter.extend_around(level, run, gaps(0), each);
    }
    let take = |from, samples: &[T::Counted]| {
        let each = |place, word| each(from + place, word);
        counter.extend_around(level, samples.into(), gaps(from), each).map_err(|nan| nan.after(from))
    };
    if lane.len <= WORD { lane.counted_blocks::<WORD, _>(take) } else { lane.counted_blocks::<MANY, _>(take) }
}
