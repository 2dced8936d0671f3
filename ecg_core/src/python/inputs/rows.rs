//! Lists of rows of samples.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::arrow;
use super::masked;
use super::numbers;
use super::together::together;
use crate::crossings::WORD;
use crate::python::array::numpy;
use crate::python::buffers::axes::{no_number, position};
use crate::python::buffers::elements::{Element, Format};
use crate::python::buffers::view::View;
use crate::python::errors::within;
use crate::python::levels::real::is_exact;

/// An array of rows of samples; masked and null ones are an error unless there may be `gaps`.
pub(crate) fn array<'py>(rows: &Bound<'py, PyAny>, gaps: bool) -> PyResult<Bound<'py, PyAny>> {
    let (numpy, lists) = (numpy(rows.py())?, rows.try_iter()?.collect::<PyResult<Vec<_>>>()?);
    if lists.iter().all(numbers::is_list) {
        let shape = (lists.len(), lists[0].len()?);
        return numpy.call_method1(intern!(rows.py(), "reshape"), (numbers::joined(&lists)?, shape));
    }
    let row = |(index, item): (usize, &Bound<'py, PyAny>)| {
        Row::of(item, gaps).map_err(|error| within(item.py(), &format!("row {index}"), error))
    };
    let rows = lists.iter().enumerate().map(row).collect::<PyResult<Vec<_>>>()?;
    stacked(&numpy, &rows)
}

struct Row<'py> {
    samples: Bound<'py, PyAny>,
    /// What is true for each sample that is missing, if one is.
    marks: Option<Bound<'py, PyAny>>,
}

impl<'py> Row<'py> {
    fn of(item: &Bound<'py, PyAny>, gaps: bool) -> PyResult<Self> {
        let samples = together(item)?.map_or_else(|| numbers::buffer(&numbers::listed(item)?), Ok)?;
        View::of_owner(&samples, gaps)?;
        let marks = match arrow::nulls(&samples) {
            Some(nulls) => Some(nulls.into_any()),
            None => masked::mask(&samples)?,
        };
        Ok(Self { samples, marks })
    }

    /// That none of the integers was rounded when the rows became floats.
    fn check_exact(&self) -> PyResult<()> {
        let py = self.samples.py();
        let view = View::of_owner(&self.samples, true)?;
        match view.format {
            Format::I64 => find_inexact::<i64>(py, &view),
            Format::U64 => find_inexact::<u64>(py, &view),
            _ => Ok(()),
        }
    }
}

/// One array of all rows, masked where samples are missing.
fn stacked<'py>(numpy: &Bound<'py, PyModule>, rows: &[Row<'py>]) -> PyResult<Bound<'py, PyAny>> {
    let (py, stack) = (numpy.py(), numpy.getattr(intern!(numpy.py(), "stack"))?);
    let data = |row: &Row<'py>| numpy.call_method1(intern!(py, "asarray"), (&row.samples,));
    let data = rows.iter().map(data).collect::<PyResult<Vec<_>>>()?;
    let whole = stack.call1((&data,))?;
    if View::of_owner(&whole, false)?.format == Format::F64 {
        for (index, row) in rows.iter().enumerate() {
            row.check_exact().map_err(|error| within(py, &format!("row {index}"), error))?;
        }
    }
    if rows.iter().all(|row| row.marks.is_none()) {
        return Ok(whole);
    }
    let marks = |(row, data): (&Row<'py>, _)| match &row.marks {
        Some(marks) if marks.is_instance_of::<PyBytes>() => numpy.call_method1("frombuffer", (marks, "bool")),
        Some(marks) => Ok(marks.clone()),
        None => numpy.call_method1("zeros_like", (data, "bool")),
    };
    let marks = rows.iter().zip(data).map(marks).collect::<PyResult<Vec<_>>>()?;
    py.import("numpy.ma")?.call_method1("MaskedArray", (whole, stack.call1((marks,))?))
}

fn find_inexact<T: Element + Into<i128>>(py: Python<'_>, view: &View) -> PyResult<()> {
    let (shape, axis) = (view.shape(), view.shape().len() - 1);
    for (index, lane) in view.lanes::<T>(py, axis).enumerate() {
        lane.stretches(|range, missing| {
            if missing {
                return Ok(());
            }
            lane.part(&range).blocks::<WORD, _>(|from, block| {
                let Some(place) = block.iter().position(|&sample| !is_exact(sample)) else { return Ok(()) };
                let mut position = position(shape, axis, index);
                position[axis] = range.start + from + place;
                Err(no_number(py, "float64, which all rows become, does not hold the integer", &position))
            })
        })?;
    }
    Ok(())
}
