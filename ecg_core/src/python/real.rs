//! Real numbers of Python: of the language, its library, NumPy or others.

use pyo3::exceptions::{PyOverflowError, PyTypeError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyFloat, PyInt};

use super::axes::no_number;

/// What is wrong with a baseline.
pub(super) enum Fault {
    NotReal,
    NotFinite,
    Beyond,
    /// Its own code failed.
    Raised(PyErr),
}

impl Fault {
    /// What an error of converting it says; one that came out of Python code is not ours to explain.
    fn of(py: Python<'_>, error: PyErr) -> Self {
        if error.is_instance_of::<PyOverflowError>(py) {
            Self::Beyond
        } else if error.is_instance_of::<PyTypeError>(py) && error.traceback(py).is_none() {
            Self::NotReal
        } else {
            Self::Raised(error)
        }
    }

    /// The error for the baseline at a position.
    pub(super) fn at(self, py: Python<'_>, position: &[usize]) -> PyErr {
        match self {
            Self::NotReal => PyTypeError::new_err("the baseline must be a real number"),
            Self::NotFinite => no_number(py, "the baseline is not finite", position),
            Self::Beyond => no_number(py, "the baseline is beyond what the samples can be", position),
            Self::Raised(error) => error,
        }
    }
}

impl From<PyErr> for Fault {
    fn from(error: PyErr) -> Self {
        Self::Raised(error)
    }
}

/// The nearest float, or NaN or an infinity.
pub(super) fn any_float(number: &Bound<'_, PyAny>) -> Result<f64, Fault> {
    if has_len(number)? {
        return Err(Fault::NotReal); // an array of one number would pass for it
    }
    number.extract().map_err(|error| Fault::of(number.py(), error))
}

/// The nearest float.
pub(super) fn float(number: &Bound<'_, PyAny>) -> Result<f64, Fault> {
    let float = any_float(number)?;
    if float.is_finite() { Ok(float) } else { Err(Fault::NotFinite) }
}

/// The smallest integer that is not below a number, and whether it is above. What is far beyond 64 bits is cut.
pub(super) fn ceiling(number: &Bound<'_, PyAny>) -> Result<(i128, bool), Fault> {
    let is_float = number.is_instance_of::<PyFloat>();
    if !is_float && let Some(integer) = integer(number)? {
        return Ok((integer, false));
    }
    let float = float(number)?;
    match number.getattr_opt(intern!(number.py(), "as_integer_ratio"))? {
        Some(ratio) if !is_float => ceiling_of_ratio(&ratio.call0()?),
        _ => Ok(ceiling_of_float(float)),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "it stops at the limits")]
fn ceiling_of_float(float: f64) -> (i128, bool) {
    (float.ceil() as i128, float.ceil() > float)
}

fn ceiling_of_ratio(ratio: &Bound<'_, PyAny>) -> Result<(i128, bool), Fault> {
    let (numerator, denominator): (Bound<'_, PyAny>, Bound<'_, PyAny>) = ratio.extract()?;
    let (floor, rest): (Bound<'_, PyAny>, Bound<'_, PyAny>) = numerator.divmod(denominator)?.extract()?;
    let above = rest.is_truthy()?;
    let floor = integer(&floor)?.ok_or(Fault::NotReal)?;
    Ok((floor + i128::from(above), above))
}

/// An integer of up to 64 bits, if it is one.
fn integer(number: &Bound<'_, PyAny>) -> Result<Option<i128>, Fault> {
    let py = number.py();
    let signed: PyResult<i64> = number.extract();
    match signed {
        Ok(integer) => Ok(Some(integer.into())),
        Err(error) if error.is_instance_of::<PyTypeError>(py) => Ok(None),
        Err(error) if error.is_instance_of::<PyOverflowError>(py) => {
            let unsigned: PyResult<u64> = number.extract();
            unsigned.map(|integer| Some(integer.into())).map_err(|error| Fault::of(py, error))
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether it holds others, so that it is no single number.
pub(super) fn has_len(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    if object.is_instance_of::<PyFloat>() || object.is_instance_of::<PyInt>() {
        return Ok(false);
    }
    match object.len() {
        Err(error) if error.is_instance_of::<PyTypeError>(object.py()) => Ok(false), // also arrays without axes
        outcome => outcome.map(|_| true),
    }
}
