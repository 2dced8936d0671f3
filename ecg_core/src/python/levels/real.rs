//! Real numbers of Python: of the language, its library, NumPy or others.

use pyo3::exceptions::{PyOverflowError, PyTypeError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyFloat, PyInt};

use crate::python::buffers::axes::no_number;

/// What is wrong with an integer among floats.
const INEXACT: &str = "does not fit float64 exactly, which all become as one is no integer";

/// What is wrong with a baseline.
pub(crate) enum Fault {
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
    pub(crate) fn at(self, py: Python<'_>, position: &[usize]) -> PyErr {
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

/// The nearest float, or NaN or an infinity; what is beyond is an `OverflowError`.
fn nearest(number: &Bound<'_, PyAny>) -> PyResult<f64> {
    if let Ok(float) = number.cast::<PyFloat>() {
        return Ok(float.value());
    }
    if is_other(number) {
        return Err(PyTypeError::new_err("expected a real number"));
    }
    let beyond = || PyOverflowError::new_err("does not fit float64");
    match number.extract::<f64>() {
        Ok(float) if float.is_infinite() && !number.eq(float)? => Err(beyond()), // as of Decimal
        Err(error) if error.is_instance_of::<PyOverflowError>(number.py()) => Err(beyond()),
        outcome => outcome,
    }
}

/// Whether it is no real number of NumPy, such as a time or a complex one, and only converts to a float.
fn is_other(number: &Bound<'_, PyAny>) -> bool {
    if number.is_instance_of::<PyInt>() {
        return false; // asked for what it has not, it would make an exception
    }
    let (dtype, kind) = (intern!(number.py(), "dtype"), intern!(number.py(), "kind"));
    let kind = number.getattr(dtype).and_then(|dtype| dtype.getattr(kind));
    kind.and_then(|kind| kind.extract::<char>()).is_ok_and(|kind| "mMcSU".contains(kind))
}

/// The float that a number is, rounded only if it is no integer.
pub(crate) fn exactly(number: &Bound<'_, PyAny>) -> PyResult<f64> {
    let float = nearest(number)?;
    if number.is_instance_of::<PyFloat>() {
        return Ok(float);
    }
    let same = match number.extract::<i64>() {
        Ok(integer) => is_exact(integer),
        Err(error) if error.is_instance_of::<PyOverflowError>(number.py()) => {
            number.extract::<u64>().map_or_else(|_| number.eq(float), |integer| Ok(is_exact(integer)))?
        }
        Err(_) => true,
    };
    if same { Ok(float) } else { Err(PyOverflowError::new_err(INEXACT)) }
}

/// Whether a float can be this integer.
#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "that is asked")]
pub(crate) fn is_exact(integer: impl Into<i128>) -> bool {
    let integer = integer.into();
    integer as f64 as i128 == integer
}

/// The nearest float, or NaN or an infinity.
pub(crate) fn any_float(number: &Bound<'_, PyAny>) -> Result<f64, Fault> {
    if has_len(number)? {
        return Err(Fault::NotReal); // an array of one number would pass for it
    }
    nearest(number).map_err(|error| Fault::of(number.py(), error))
}

/// The nearest float.
pub(crate) fn float(number: &Bound<'_, PyAny>) -> Result<f64, Fault> {
    let float = any_float(number)?;
    if float.is_finite() { Ok(float) } else { Err(Fault::NotFinite) }
}

/// The smallest integer that is not below a number, and whether it is above. What is far beyond 64 bits is cut.
pub(crate) fn ceiling(number: &Bound<'_, PyAny>) -> Result<(i128, bool), Fault> {
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

/// The same of a float, which is finite.
#[expect(clippy::cast_possible_truncation, reason = "it stops at the limits")]
pub(super) fn ceiling_of_float(float: f64) -> (i128, bool) {
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
pub(crate) fn has_len(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    if object.is_instance_of::<PyFloat>() || object.is_instance_of::<PyInt>() {
        return Ok(false);
    }
    match object.len() {
        Err(error) if error.is_instance_of::<PyTypeError>(object.py()) => Ok(false), // also arrays without axes
        outcome => outcome.map(|_| true),
    }
}
