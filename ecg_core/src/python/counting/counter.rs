//! Counting chunk by chunk.

use pyo3::exceptions::{PyOverflowError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyInt;

use super::lanes::count_lane;
use crate::crossings::Crossings;
use crate::python::arguments::{Given, Zeros, name};
use crate::python::buffers::elements::with_element;
use crate::python::inputs;
use crate::python::levels::baseline::level_of;
use crate::python::levels::missing::{missing_of, same};

/// Count the zero crossings of a signal that comes in chunks.
///
/// However the samples are cut into chunks, the count is that of one pass.
///
/// Parameters
/// ----------
/// zeros : {'neutral', 'positive', 'negative', 'distinct', 'strict'}, optional
///     What a zero counts as, as for `count_zero_crossings`.
/// baseline : real number, optional
///     Subtracted first, as for `count_zero_crossings`.
/// missing : real number, optional
///     What is a missing sample, as for `count_zero_crossings`.
///
/// Raises
/// ------
/// ValueError
///     If `zeros` is unknown. What is wrong with the baseline depends on the samples, so `update` says it.
///
/// Examples
/// --------
/// >>> from array import array
/// >>> from ecg_core import ZeroCrossingCounter
/// >>> counter = ZeroCrossingCounter()
/// >>> counter.update(array('i', [5, 0])), counter.update(array('i', [0, -5]))
/// (0, 1)
/// >>> counter.count
/// 1
#[pyclass(module = "ecg_core")]
pub(crate) struct ZeroCrossingCounter {
    pub(crate) crossings: Crossings,
    pub(crate) samples: u64,
    /// int or float: What is subtracted first.
    #[pyo3(get)]
    pub(crate) baseline: Py<PyAny>,
    /// real number or None: What stands for a missing sample.
    #[pyo3(get)]
    pub(crate) missing: Option<Py<PyAny>>,
}

#[pymethods]
impl ZeroCrossingCounter {
    #[new]
    #[pyo3(signature = (zeros=Zeros::NEUTRAL, *, baseline=Given::NOTHING, missing=None))]
    #[pyo3(text_signature = "(zeros='neutral', *, baseline=0, missing=None)")]
    fn new(py: Python<'_>, zeros: Zeros, baseline: Given<'_>, missing: Option<Py<PyAny>>) -> Self {
        let baseline = baseline
            .get()
            .map_or_else(|| PyInt::new(py, 0).into_any().unbind(), |given| given.clone().unbind());
        Self { crossings: Crossings::new(zeros.0), samples: 0, baseline, missing }
    }

    /// Take the next samples.
    ///
    /// Parameters
    /// ----------
    /// chunk : Signal, array or iterable of numbers
    ///     Samples of one dimension, as for `count_zero_crossings`.
    ///
    /// Returns
    /// -------
    /// int
    ///     The crossings that these samples add.
    ///
    /// Raises
    /// ------
    /// TypeError, ValueError
    ///     As for `count_zero_crossings`; nothing is counted then.
    /// OverflowError
    ///     If there would be more than 2**64 - 1 samples; nothing is counted then.
    #[pyo3(signature = (chunk, /))]
    fn update(slf: &Bound<'_, Self>, chunk: &Bound<'_, PyAny>) -> PyResult<u64> {
        let py = slf.py();
        let Self { crossings, baseline, missing, .. } = Self::copied(slf)?;
        let (baseline, missing) = (baseline.bind(py), missing.as_ref().map(|missing| missing.bind(py)));
        let view = inputs::view(chunk, missing.is_some())?;
        let added = with_element!(view, T => {
            let (lane, level) = (view.only_lane::<T>(py)?, level_of::<T>(Some(baseline))?);
            let mut added = Crossings::new(level.rule(crossings.rule()));
            count_lane(&lane, (level.at, missing_of::<T>(missing)?), &mut added, |_, _| ())
                .map(|()| added)
                .map_err(|nan| PyValueError::new_err(format!("NaN at index {}", nan.index)))
        })?;
        let mut counter = slf.try_borrow_mut()?;
        let before = counter.crossings.count();
        counter.samples = sum(counter.samples, view.shape()[0] as u64)?;
        counter.crossings.append(&added);
        Ok(counter.crossings.count() - before)
    }

    /// Append what another counter has counted.
    ///
    /// Parameters
    /// ----------
    /// other : ZeroCrossingCounter
    ///     The counter of the samples that came directly after the ones of this counter.
    ///
    /// Raises
    /// ------
    /// ValueError
    ///     If the other counter has another rule, baseline or `missing`.
    /// OverflowError
    ///     If there would be more than 2**64 - 1 samples.
    ///
    /// Examples
    /// --------
    /// >>> from ecg_core import Signal, ZeroCrossingCounter
    /// >>> left, right = ZeroCrossingCounter(), ZeroCrossingCounter()
    /// >>> left.update(Signal([1, -1])), right.update(Signal([1, 1]))
    /// (1, 0)
    /// >>> left.merge(right)
    /// >>> left.count
    /// 2
    #[pyo3(signature = (other, /))]
    #[expect(clippy::needless_pass_by_value, reason = "PyO3 extracts by value")]
    fn merge(slf: &Bound<'_, Self>, other: Bound<'_, Self>) -> PyResult<()> {
        let message = "the counters have different rules or baselines, or other samples are missing";
        let different = || PyValueError::new_err(message);
        let other = Self::copied(&other)?;
        if !Self::copied(slf)?.is_like(slf.py(), &other)? {
            return Err(different());
        }
        let mut counter = slf.try_borrow_mut()?;
        let samples = sum(counter.samples, other.samples)?;
        counter.crossings.merge(&other.crossings).map_err(|_| different())?;
        counter.samples = samples;
        Ok(())
    }

    /// int: The crossings so far.
    #[getter]
    fn count(&self) -> u64 {
        self.crossings.count()
    }

    /// int: The samples so far.
    #[getter]
    fn samples(&self) -> u64 {
        self.samples
    }

    /// str: What a zero counts as.
    #[getter]
    fn zeros(&self) -> &'static str {
        name(self.crossings.rule())
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        let Self { crossings, samples, baseline, missing } = Self::copied(slf)?;
        let (count, zeros) = (crossings.count(), name(crossings.rule()));
        let baseline = baseline.bind(slf.py()).repr()?;
        let missing =
            missing.map(|missing| Ok::<_, PyErr>(format!(", missing={}", missing.bind(slf.py()).repr()?)));
        let missing = missing.transpose()?.unwrap_or_default();
        Ok(format!(
            "<ZeroCrossingCounter('{zeros}', baseline={baseline}{missing}): {count} crossings of {samples} samples>"
        ))
    }
}

impl ZeroCrossingCounter {
    /// What it is now. While code of Python runs, which may use the same counter, nothing holds it.
    pub(crate) fn copied(slf: &Bound<'_, Self>) -> PyResult<Self> {
        let (py, counter) = (slf.py(), slf.try_borrow()?);
        Ok(Self {
            crossings: counter.crossings.clone(),
            samples: counter.samples,
            baseline: counter.baseline.clone_ref(py),
            missing: counter.missing.as_ref().map(|missing| missing.clone_ref(py)),
        })
    }

    /// Whether both subtract the same, and miss the same.
    pub(crate) fn is_like(&self, py: Python<'_>, other: &Self) -> PyResult<bool> {
        let baselines = self.baseline.bind(py).eq(&other.baseline)?;
        Ok(baselines && same(py, self.missing.as_ref(), other.missing.as_ref())?)
    }
}

/// Crossings are fewer than samples, so their count does not overflow if this does not.
fn sum(samples: u64, more: u64) -> PyResult<u64> {
    samples.checked_add(more).ok_or_else(|| PyOverflowError::new_err("too many samples for one counter"))
}
