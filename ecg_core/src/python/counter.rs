//! Counting chunk by chunk.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::buffers::View;
use super::errors::rule;
use super::lanes::{self, with_sample};
use crate::crossings::Crossings;

/// Count the zero crossings of a signal that comes in chunks.
///
/// However the samples are cut into chunks, the count is that of one pass.
///
/// Parameters
/// ----------
/// zeros : {'neutral', 'positive', 'negative', 'distinct', 'strict'}, optional
///     What a zero counts as, as for `count_zero_crossings`.
///
/// Raises
/// ------
/// ValueError
///     If `zeros` is unknown.
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
}

#[pymethods]
impl ZeroCrossingCounter {
    #[new]
    #[pyo3(signature = (zeros="neutral"))]
    fn new(zeros: &str) -> PyResult<Self> {
        Ok(Self { crossings: Crossings::new(rule(zeros)?) })
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
        let view = View::of(chunk)?;
        let mut crossings = self.crossings.clone();
        with_sample!(view, T => {
            lanes::count(&view.only_lane::<T>(chunk.py())?, &mut crossings)
                .map_err(|nan| PyValueError::new_err(format!("NaN at index {}", nan.index)))
        })?;
        let before = std::mem::replace(&mut self.crossings, crossings);
        Ok(self.crossings.count() - before.count())
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
    ///     If the other counter has another rule.
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
        let after = other.borrow().crossings.clone(); // released first: `other` may be `self`
        let mut counter = slf.borrow_mut();
        if counter.crossings.rule() != after.rule() {
            return Err(PyValueError::new_err("the counters have different rules"));
        }
        counter.crossings.merge(&after);
        Ok(())
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
