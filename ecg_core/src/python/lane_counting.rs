//! Counting in the lanes of buffers, whatever their samples are.

use pyo3::conversion::FromPyObjectOwned;
use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;

use super::axes::position;
use super::buffers::{Element, Lane, View, no_number};
use crate::crossings::{Crossings, NotANumber, Sample, WORD, Word, ZeroRule};

/// Runs an expression with `T` as the type of the samples.
macro_rules! with_sample {
    ($view:expr, $T:ident => $work:expr) => {
        with_sample!($view, $T => $work; U8 u8, I16 i16, I32 i32, I64 i64, F32 f32, F64 f64)
    };
    ($view:expr, $T:ident => $work:expr; $($format:ident $type:ty),*) => {
        match $view.format {
            $($crate::python::buffers::Format::$format => {
                type $T = $type;
                $work
            })*
            _ => Err($view.refused()),
        }
    };
}
pub(super) use with_sample;

/// Samples that are copied together where there are many.
const MANY: usize = 16 * WORD;

/// A baseline as a sample, 0 if there is none.
pub(super) fn baseline_of<'py, T>(baseline: Option<&Bound<'py, PyAny>>) -> PyResult<T>
where
    T: Sample + FromPyObjectOwned<'py>,
{
    let Some(baseline) = baseline else { return Ok(T::default()) };
    let level: T = baseline.extract().map_err(|error: T::Error| unlike(baseline.py(), &error.into()))?;
    if level.is_finite() { Ok(level) } else { Err(PyValueError::new_err("the baseline is not finite")) }
}

fn unlike(py: Python<'_>, error: &PyErr) -> PyErr {
    if error.is_instance_of::<PyOverflowError>(py) {
        return PyValueError::new_err("the baseline is beyond what the samples can be");
    }
    PyTypeError::new_err("the baseline must be a number of the kind of the samples")
}

/// The lanes along an axis of a buffer, and how to count in them.
pub(super) struct Lanes<'a, 'py, T> {
    pub(super) py: Python<'py>,
    pub(super) view: &'a View,
    pub(super) axis: usize,
    rule: ZeroRule,
    level: T,
}

impl<'a, 'py, T: Sample + Element + FromPyObjectOwned<'py>> Lanes<'a, 'py, T> {
    pub(super) fn of(
        py: Python<'py>,
        view: &'a View,
        axis: usize,
        (rule, baseline): (ZeroRule, Option<&Bound<'py, PyAny>>),
    ) -> PyResult<Self> {
        Ok(Self { py, view, axis, rule, level: baseline_of(baseline)? })
    }

    /// The samples in each lane.
    pub(super) fn len(&self) -> usize {
        self.view.shape()[self.axis]
    }

    /// The lengths of the other axes.
    pub(super) fn others(&self) -> Vec<usize> {
        let (before, after) = self.view.shape().split_at(self.axis);
        [before, &after[1..]].concat()
    }

    /// All lanes, each with its index.
    pub(super) fn all(&self) -> impl Iterator<Item = (usize, Lane<'a, T>)> {
        self.view.lanes(self.py, self.axis).enumerate()
    }

    /// Counts in the lane of this index, or in some lanes from it on that are joined; `each` is as for [`count_lane`].
    pub(super) fn count(
        &self,
        (index, lane): (usize, Lane<'_, T>),
        each: impl FnMut(usize, Word),
    ) -> PyResult<u64> {
        let mut counter = Crossings::new(self.rule);
        count_lane(&lane, self.level, &mut counter, each).map_err(|nan| {
            let mut position = position(self.view.shape(), self.axis, index + nan.index / self.len());
            position[self.axis] = nan.index % self.len();
            no_number(self.py, "NaN", &position)
        })?;
        Ok(counter.count())
    }
}

/// Counts in a lane; `each` gets the index of the first sample of each word of signs, and what became of it.
pub(super) fn count_lane<T: Sample + Element>(
    lane: &Lane<'_, T>,
    level: T,
    counter: &mut Crossings,
    mut each: impl FnMut(usize, Word),
) -> Result<(), NotANumber> {
    if let Some(run) = lane.run() {
        return counter.extend_around(level, run, each);
    }
    let take = |from, samples: &[T]| {
        let outcome = counter.extend_around(level, samples.into(), |place, word| each(from + place, word));
        outcome.map_err(|nan| nan.after(from))
    };
    if lane.len <= WORD { lane.blocks::<WORD, _>(take) } else { lane.blocks::<MANY, _>(take) }
}
