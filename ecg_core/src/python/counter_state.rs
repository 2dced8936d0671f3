//! Counters that are stored, copied and compared.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use super::counter::ZeroCrossingCounter;
use super::missing::same;
use super::zero_rule::name;
use crate::crossings::{Crossings, State, ZeroRule};

/// A baseline, the samples, the parts of [`State`], and what is missing.
type Stored = (Py<PyAny>, u64, u64, Option<i8>, Option<i8>, bool, Option<Py<PyAny>>);

#[pymethods]
impl ZeroCrossingCounter {
    fn __eq__(&self, other: &Bound<'_, Self>) -> PyResult<bool> {
        let (py, other) = (other.py(), other.try_borrow()?);
        let alike = self.crossings == other.crossings && self.samples == other.samples;
        let missing = same(py, self.missing.as_ref(), other.missing.as_ref())?;
        Ok(alike && missing && self.baseline.bind(py).eq(&other.baseline)?)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let counter = slf.try_borrow()?;
        let State { count, first, last, broken } = counter.crossings.state();
        let state = (&counter.baseline, counter.samples, count, first, last, broken, &counter.missing);
        (slf.get_type(), (name(counter.crossings.rule()),), state).into_pyobject(slf.py())
    }

    fn __setstate__(&mut self, state: Stored) -> PyResult<()> {
        let (baseline, samples, count, first, last, broken, missing) = state;
        let rule = self.crossings.rule();
        let crossings = Crossings::restored(rule, State { count, first, last, broken })
            .filter(|crossings| fits(crossings, samples) && (missing.is_some() || !broken))
            .ok_or_else(|| PyValueError::new_err("no samples lead a counter to this state"))?;
        (self.crossings, self.samples) = (crossings, samples);
        (self.baseline, self.missing) = (baseline, missing);
        Ok(())
    }
}

/// Whether so many samples can have been counted so. All but the zeros of `neutral` have a sign.
fn fits(crossings: &Crossings, samples: u64) -> bool {
    let State { first, broken, .. } = crossings.state();
    let (signed, begun) = (first.is_some() || broken, samples > 0);
    crossings.count() < samples.max(1) && (signed == begun || begun && crossings.rule() == ZeroRule::Neutral)
}
