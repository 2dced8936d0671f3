//! Counters that are stored, copied and compared.

use pyo3::exceptions::{PyOverflowError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use super::counter::ZeroCrossingCounter;
use crate::crossings::{Crossings, State, ZeroRule};
use crate::python::arguments::name;

/// A baseline, the samples, the parts of [`State`], and what is missing.
type Stored = (Py<PyAny>, u64, u64, Option<i8>, Option<i8>, bool, Option<Py<PyAny>>);

#[pymethods]
impl ZeroCrossingCounter {
    fn __eq__(slf: &Bound<'_, Self>, other: &Bound<'_, Self>) -> PyResult<bool> {
        let (one, other) = (Self::copied(slf)?, Self::copied(other)?);
        let alike = one.crossings == other.crossings && one.samples == other.samples;
        Ok(alike && one.is_like(slf.py(), &other)?)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let counter = Self::copied(slf)?;
        let State { count, first, last, broken } = counter.crossings.state();
        let state = (&counter.baseline, counter.samples, count, first, last, broken, &counter.missing);
        (slf.get_type(), (name(counter.crossings.rule()),), state).into_pyobject(slf.py())
    }

    fn __setstate__(&mut self, state: &Bound<'_, PyAny>) -> PyResult<()> {
        let forged = || PyValueError::new_err("no samples lead a counter to this state");
        let beyond = |error: PyErr| {
            let overflow = error.is_instance_of::<PyOverflowError>(state.py());
            if overflow { forged() } else { error }
        };
        let stored: Stored = state.extract().map_err(beyond)?;
        let (baseline, samples, count, first, last, broken, missing) = stored;
        let rule = self.crossings.rule();
        let crossings = Crossings::restored(rule, State { count, first, last, broken })
            .filter(|crossings| fits(crossings, samples) && (missing.is_some() || !broken))
            .ok_or_else(forged)?;
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
