//! Arrays in Fortran's order, which are read in the order of memory with their axes reversed.

use pyo3::intern;
use pyo3::prelude::*;

use super::lanes::Lanes;
use crate::python::arguments::Cut;
use crate::python::buffers::elements::Element;
use crate::python::inputs::loaded::is_plain_array;

impl<'py, T: Element> Lanes<'_, 'py, T> {
    /// What a function gives for the array with its axes reversed, theirs reversed back; nothing if it is no such array, or
    /// if the function fails: positions in its errors would be reversed, too.
    pub(super) fn reversed(
        &self,
        signal: &Bound<'py, PyAny>,
        find: impl FnOnce(&Bound<'py, PyAny>, Cut) -> PyResult<Bound<'py, PyAny>>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        if !(self.view.is_reversed() && self.has_one_level() && is_plain_array(signal)?) {
            return Ok(None);
        }
        let (py, axis) = (signal.py(), self.view.shape().len() - 1 - self.axis);
        let found = find(&signal.getattr(intern!(py, "T"))?, Cut(axis.cast_signed()));
        found.ok().map(|found| found.getattr(intern!(py, "T"))).transpose()
    }
}
