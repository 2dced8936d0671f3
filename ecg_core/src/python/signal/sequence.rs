//! A signal as a sequence of int.

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;

use pyo3::exceptions::{PyIndexError, PyOverflowError, PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyIterator, PyMemoryView, PySlice};

use super::class::PySignal;
use super::slices::cut;
use crate::memory::{OutOfMemory, Room};
use crate::python::gil::detached;
use crate::signal::Signal;

#[pymethods]
impl PySignal {
    /// Return the samples as a list of int.
    fn to_list<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        PyMemoryView::from(slf)?.call_method0(intern!(slf.py(), "tolist"))
    }

    /// Return the position of the first sample that equals a value.
    ///
    /// ValueError is raised if there is none from `start` to `stop`, which are as in a slice.
    ///
    /// >>> from ecg_core import Signal
    /// >>> Signal([5, 7, 5]).index(5, 1)
    /// 2
    #[pyo3(signature = (value, start=None, stop=None, /))]
    #[pyo3(text_signature = "($self, value, start=0, stop=None, /)")]
    fn index(
        &self,
        value: &Bound<'_, PyAny>,
        start: Option<&Bound<'_, PyAny>>,
        stop: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<usize> {
        let part = cut(value.py(), start, stop, self.len)?;
        let first = part.start;
        let found = equal(value)?
            .and_then(|wanted| self.signal.samples()[part].iter().position(|&sample| sample == wanted));
        found.map(|index| first + index).ok_or_else(|| PyValueError::new_err("no sample has this value"))
    }

    /// Return how many samples equal a value.
    ///
    /// >>> from ecg_core import Signal
    /// >>> Signal([5, 7, 5]).count(5)
    /// 2
    #[pyo3(signature = (value, /))]
    fn count(&self, value: &Bound<'_, PyAny>) -> PyResult<usize> {
        let wanted = equal(value)?;
        Ok(self.signal.samples().iter().filter(|&&sample| Some(sample) == wanted).count())
    }

    fn __len__(&self) -> usize {
        self.signal.samples().len()
    }

    fn __getitem__<'py>(&self, key: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        match key.cast::<PySlice>() {
            Ok(slice) => Ok(Bound::new(key.py(), Self::from(self.slice(slice)?))?.into_any()),
            Err(_) => Ok(self.sample(key)?.into_pyobject(key.py())?.into_any()),
        }
    }

    fn __iter__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyIterator>> {
        Self::to_list(slf)?.try_iter()
    }

    fn __contains__(&self, value: &Bound<'_, PyAny>) -> PyResult<bool> {
        Ok(equal(value)?.is_some_and(|wanted| self.signal.samples().contains(&wanted)))
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.signal == other.signal
    }

    fn __hash__(&self) -> u64 {
        static KEYS: LazyLock<RandomState> = LazyLock::new(RandomState::new);
        KEYS.hash_one(self.signal.samples())
    }

    fn __repr__(&self) -> String {
        match (self.signal.minimum(), self.signal.maximum()) {
            (Some(min), Some(max)) => format!("Signal({} samples, min {min}, max {max})", self.len),
            _ => "Signal(0 samples)".into(),
        }
    }
}

impl PySignal {
    fn sample(&self, index: &Bound<'_, PyAny>) -> PyResult<i32> {
        let outside = || PyIndexError::new_err("sample index out of range");
        let index: isize = match index.extract() {
            Err(error) if PyErr::is_instance_of::<PyOverflowError>(&error, index.py()) => Err(outside())?,
            index => index?,
        };
        let from_end = if index < 0 { self.len } else { 0 };
        let index = usize::try_from(index + from_end).map_err(|_| outside())?;
        self.signal.samples().get(index).copied().ok_or_else(outside)
    }

    fn slice(&self, slice: &Bound<'_, PySlice>) -> PyResult<Signal> {
        let cut = slice.indices(self.len)?;
        if cut.step == 1 && cut.slicelength == self.signal.samples().len() {
            return Ok(self.signal.clone());
        }
        let mut chosen = Vec::with_room(cut.slicelength)?;
        let signal: Result<_, OutOfMemory> = detached(slice.py(), 4 * cut.slicelength, || {
            let positions = (0..cut.slicelength.cast_signed()).map(|index| cut.start + index * cut.step);
            chosen.extend(positions.map(|position| self.signal.samples()[position.cast_unsigned()]));
            Signal::try_new(chosen)
        });
        Ok(signal?)
    }
}

/// The only sample that may equal a value.
#[expect(clippy::cast_possible_truncation, reason = "what does not fit is not equal")]
fn equal(value: &Bound<'_, PyAny>) -> PyResult<Option<i32>> {
    let no_number = |error: &PyErr| {
        error.is_instance_of::<PyTypeError>(value.py()) || error.is_instance_of::<PyOverflowError>(value.py())
    };
    match value.extract::<f64>().map(|number| number as i32) {
        Ok(sample) => Ok(value.eq(sample)?.then_some(sample)),
        Err(error) if no_number(&error) => Ok(None),
        Err(error) => Err(error),
    }
}
