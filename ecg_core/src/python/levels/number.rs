//! Real numbers: objects of Python, and those of arrays.

use pyo3::prelude::*;

use super::real::{Fault, ceiling, ceiling_of_float, float};

/// What may be a baseline.
pub(crate) trait Real {
    /// The nearest float, which is finite.
    fn float(&self) -> Result<f64, Fault>;

    /// The smallest integer that is not below it, and whether it is above.
    fn ceiling(&self) -> Result<(i128, bool), Fault>;
}

impl Real for Bound<'_, PyAny> {
    fn float(&self) -> Result<f64, Fault> {
        float(self)
    }

    fn ceiling(&self) -> Result<(i128, bool), Fault> {
        ceiling(self)
    }
}

/// A number of an array.
#[derive(Clone, Copy)]
pub(crate) enum Number {
    /// One of up to 64 bits.
    Integer(i128),
    Float(f64),
}

impl Number {
    pub(crate) fn of_integer(integer: impl Into<i128>) -> Self {
        Self::Integer(integer.into())
    }

    pub(crate) fn of_float(float: impl Into<f64>) -> Self {
        Self::Float(float.into())
    }
}

impl Real for Number {
    #[expect(clippy::cast_precision_loss, reason = "it is rounded, as by Python")]
    fn float(&self) -> Result<f64, Fault> {
        match *self {
            Self::Integer(integer) => Ok(integer as f64),
            Self::Float(float) if float.is_finite() => Ok(float),
            Self::Float(_) => Err(Fault::NotFinite),
        }
    }

    fn ceiling(&self) -> Result<(i128, bool), Fault> {
        match *self {
            Self::Integer(integer) => Ok((integer, false)),
            Self::Float(_) => self.float().map(ceiling_of_float),
        }
    }
}
