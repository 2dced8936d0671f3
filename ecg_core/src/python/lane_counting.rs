//! Counting in the lanes of buffers, whatever their samples are.

use pyo3::conversion::FromPyObjectOwned;
use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;

use super::buffers::{Element, Lane};
use crate::crossings::{Crossings, NotANumber, Sample, WORD};

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

/// Counts in a lane; `each` gets the index of the first sample of each word of signs, and its crossings.
pub(super) fn count_lane<T: Sample + Element>(
    lane: &Lane<'_, T>,
    level: T,
    counter: &mut Crossings,
    mut each: impl FnMut(usize, u64),
) -> Result<(), NotANumber> {
    if let Some(run) = lane.run() {
        return counter.extend_around(level, run, each);
    }
    let take = |from, samples: &[T]| {
        let outcome =
            counter.extend_around(level, samples.into(), |word, crossed| each(from + word, crossed));
        outcome.map_err(|nan| nan.after(from))
    };
    if lane.len <= WORD { lane.blocks::<WORD, _>(take) } else { lane.blocks::<MANY, _>(take) }
}
