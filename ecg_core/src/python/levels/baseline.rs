//! Baselines: real numbers of Python, as levels among samples.

use pyo3::exceptions::{PyMemoryError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use super::level::Level;
use super::number::Number;
use super::real::{Fault, float, has_len};
use crate::crossings::{Sample, WORD};
use crate::python::buffers::axes::{position, without};
use crate::python::buffers::elements::{Element, with_element};
use crate::python::buffers::view::View;
use crate::python::inputs::loaded::is_plain_array;

/// The baselines of the lanes of an array.
pub(crate) enum Levels<T> {
    Same(Level<T>),
    Each(Vec<Level<T>>),
}

impl<T: Sample> Levels<T> {
    /// One number for all lanes along an axis, or numbers in the shape of the other axes.
    pub(crate) fn of<E>(baseline: Option<&Bound<'_, PyAny>>, axis: usize, shape: &[usize]) -> PyResult<Self>
    where
        E: Element<Counted = T>,
    {
        match baseline {
            Some(baselines) if shape.len() > 1 && has_len(baselines)? => {
                each::<E>(baselines, &without(axis, shape)).map(Self::Each)
            }
            _ => level_of::<E>(baseline).map(Self::Same),
        }
    }

    pub(crate) fn lane(&self, index: usize) -> Level<T> {
        match self {
            Self::Same(level) => *level,
            Self::Each(levels) => levels[index],
        }
    }
}

/// The only baseline, 0 if there is none.
pub(crate) fn level_of<T: Element>(baseline: Option<&Bound<'_, PyAny>>) -> PyResult<Level<T::Counted>> {
    let Some(baseline) = baseline else { return Ok(Level::equal(T::default().counted())) };
    T::level(baseline).map_err(|fault| fault.at(baseline.py(), &[]))
}

/// The only baseline as the nearest float, 0 if there is none.
pub(crate) fn real_of(baseline: Option<&Bound<'_, PyAny>>) -> PyResult<f64> {
    let Some(baseline) = baseline else { return Ok(0.0) };
    level_of::<i32>(Some(baseline))?;
    float(baseline).map_err(|fault| fault.at(baseline.py(), &[]))
}

fn each<T: Element>(baselines: &Bound<'_, PyAny>, shape: &[usize]) -> PyResult<Vec<Level<T::Counted>>> {
    let (py, mut levels) = (baselines.py(), Vec::new());
    let lanes = shape.iter().try_fold(1_usize, |lanes, &len| lanes.checked_mul(len)).unwrap_or(usize::MAX);
    levels.try_reserve_exact(lanes).map_err(|error| PyMemoryError::new_err(error.to_string()))?;
    let mut add = |level: Result<_, Fault>| {
        levels.push(level.map_err(|fault| fault.at(py, &position(shape, shape.len(), levels.len())))?);
        Ok(())
    };
    let fits = match numbers(baselines, shape)? {
        Some(numbers) => visit(py, &numbers, &mut |number| add(T::level(&number))).map(|()| true),
        None => walk(&listed(baselines, shape)?, shape, &mut |baseline| add(T::level(baseline))),
    }?;
    if fits { Ok(levels) } else { Err(other_shape(py, shape)) }
}

/// The numbers of an array of NumPy in this shape, if they are of a type that samples may have.
fn numbers(baselines: &Bound<'_, PyAny>, shape: &[usize]) -> PyResult<Option<View>> {
    let view = is_plain_array(baselines)?.then(|| View::of_owner(baselines, false).ok());
    Ok(view.flatten().filter(|view| view.shape() == shape))
}

/// Visits the numbers of an array in the order of C.
fn visit(py: Python<'_>, numbers: &View, visit: &mut dyn FnMut(Number) -> PyResult<()>) -> PyResult<()> {
    with_element!(numbers, T => {
        let mut lanes = numbers.lanes::<T>(py, numbers.shape().len() - 1);
        lanes.try_for_each(|lane| {
            lane.blocks::<WORD, _>(|_, block| block.iter().try_for_each(|&number| visit(number.number())))
        })
    })
}

/// The same numbers in a list, if they are an array of this shape: its items are read ten times as fast.
fn listed<'py>(baselines: &Bound<'py, PyAny>, shape: &[usize]) -> PyResult<Bound<'py, PyAny>> {
    let py = baselines.py();
    let is_array = match baselines.getattr_opt(intern!(py, "shape"))? {
        Some(found) => found.eq(PyTuple::new(py, shape)?)? && !baselines.hasattr(intern!(py, "mask"))?,
        None => false,
    };
    let list = if is_array { baselines.getattr_opt(intern!(py, "tolist"))? } else { None };
    list.map_or_else(|| Ok(baselines.clone()), |list| list.call0())
}

/// Visits the items of nested sequences of this shape; false if their shape is another.
fn walk<'py>(
    items: &Bound<'py, PyAny>,
    shape: &[usize],
    visit: &mut impl FnMut(&Bound<'py, PyAny>) -> PyResult<()>,
) -> PyResult<bool> {
    let [len, inner @ ..] = shape else {
        return if has_len(items)? { Ok(false) } else { visit(items).map(|()| true) };
    };
    if !has_len(items)? || items.len()? != *len {
        return Ok(false);
    }
    let mut seen = 0;
    for item in items.try_iter()? {
        if seen == *len || !walk(&item?, inner, visit)? {
            return Ok(false);
        }
        seen += 1;
    }
    Ok(seen == *len)
}

fn other_shape(py: Python<'_>, shape: &[usize]) -> PyErr {
    PyTuple::new(py, shape).map_or_else(
        |error| error,
        |shape| {
            PyValueError::new_err(format!("the baseline must be one number, or numbers of shape {shape}"))
        },
    )
}
