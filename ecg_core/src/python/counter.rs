//! Counting chunk by chunk.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyInt;

use super::baseline::level_of;
use super::buffers::View;
use super::elements::with_element;
use super::lane_counting::count_lane;
use super::zero_rule::zero_rule;
use crate::crossings::Crossings;

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
pub(super) struct ZeroCrossingCounter {
    crossings: Crossings,
    baseline: Py<PyAny>,
}

#[pymethods]
impl ZeroCrossingCounter {
    #[new]
    #[pyo3(signature = (zeros="neutral", *, baseline=None))]
    #[pyo3(text_signature = "(zeros='neutral', *, baseline=0)")]
    fn new(py: Python<'_>, zeros: &str, baseline: Option<Py<PyAny>>) -> PyResult<Self> {
        let baseline = baseline.unwrap_or_else(|| PyInt::new(py, 0).into_any().unbind());
        Ok(Self { crossings: Crossings::new(zero_rule(zeros)?), baseline })
    }

    /// Take the next samples.
    ///
    /// Parameters
    /// ----------
    /// chunk : Signal or buffer
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
    #[pyo3(signature = (chunk, /))]
    fn update(&mut self, chunk: &Bound<'_, PyAny>) -> PyResult<u64> {
        let (py, view) = (chunk.py(), View::of(chunk)?);
        let (baseline, before) = (self.baseline.bind(py), self.crossings.count());
        let crossings = with_element!(view, T => {
            let (lane, level) = (view.only_lane::<T>(py)?, level_of::<T>(Some(baseline))?);
            let mut crossings = Crossings::new(level.rule(self.crossings.rule()));
            count_lane(&lane, level.at, &mut crossings, |_, _| ())
                .map(|()| crossings)
                .map_err(|nan| PyValueError::new_err(format!("NaN at index {}", nan.index)))
        })?;
        self.crossings.append(&crossings);
        Ok(self.crossings.count() - before)
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
    ///     If the other counter has another rule or baseline.
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
        let py = slf.py();
        let (after, baseline) = {
            let other = other.borrow(); // released first: it may be `self`
            (other.crossings.clone(), other.baseline.clone_ref(py))
        };
        let mut counter = slf.borrow_mut();
        let different = || PyValueError::new_err("the counters have different rules or baselines");
        if !counter.baseline.bind(py).eq(baseline)? {
            return Err(different());
        }
        counter.crossings.merge(&after).map_err(|_| different())
    }

    /// int: The crossings so far.
    #[getter]
    fn count(&self) -> u64 {
        self.crossings.count()
    }

    fn __repr__(&self) -> String {
        format!("<ZeroCrossingCounter of {} crossings>", self.crossings.count())
    }
}
