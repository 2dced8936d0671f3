//! Arguments as Python gives them.

use std::ptr::null_mut;

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyString;

use super::errors::class;
use crate::crossings::ZeroRule;

/// An integer, cut to what this machine has, as slices cut theirs.
#[derive(Clone, Copy)]
pub(super) struct Cut(pub(super) isize);

impl FromPyObject<'_, '_> for Cut {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        #[expect(unsafe_code, reason = "PyO3 has no function that cuts")]
        // SAFETY: the object is alive; without an exception to raise, CPython cuts what does not fit.
        let integer = unsafe { ffi::PyNumber_AsSsize_t(object.as_ptr(), null_mut()) };
        let error = if integer == -1 { PyErr::take(object.py()) } else { None };
        error.map_or(Ok(Self(integer)), Err)
    }
}

/// The bound that an argument of this name sets.
pub(super) fn at_most<T: TryFrom<isize>>(bound: Option<Cut>, name: &str) -> PyResult<T> {
    let Cut(most) = bound.unwrap_or(Cut(isize::MAX));
    T::try_from(most).map_err(|_| PyValueError::new_err(format!("{name} must not be negative")))
}

/// An argument that has a default, which `None` is not.
#[derive(Clone)]
pub(super) struct Given<'py>(Option<Bound<'py, PyAny>>);

impl<'py> Given<'py> {
    pub(super) const NOTHING: Self = Self(None);

    pub(super) fn get(self) -> Option<Bound<'py, PyAny>> {
        self.0
    }
}

impl<'py> FromPyObject<'_, 'py> for Given<'py> {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        Ok(Self(Some(object.to_owned())))
    }
}

/// A rule by the name that Python gives it.
#[derive(Clone, Copy)]
pub(super) struct Zeros(pub(super) ZeroRule);

impl Zeros {
    pub(super) const NEUTRAL: Self = Self(ZeroRule::Neutral);
}

impl FromPyObject<'_, '_> for Zeros {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        let names = || ZeroRule::NAMES.map(|(name, _)| name).join(", ");
        let Ok(name) = object.cast::<PyString>() else {
            let message = format!("zeros must be one of {}; got {}", names(), class(&object));
            return Err(PyTypeError::new_err(message));
        };
        let name = name.to_string_lossy();
        let unknown = || PyValueError::new_err(format!("zeros must be one of {}; got {name:?}", names()));
        ZeroRule::named(&name).map(Self).ok_or_else(unknown)
    }
}

/// The name of a rule.
pub(super) fn name(rule: ZeroRule) -> &'static str {
    ZeroRule::NAMES.iter().find(|(_, known)| *known == rule).map_or("", |(name, _)| name)
}
