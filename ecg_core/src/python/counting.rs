//! Counting and finding zero crossings in any buffer.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::array;
use super::buffers::{Element, View, no_number, position};
use super::gil::detached;
use super::lane_counting::{baseline_of, count_lane, with_sample};
use super::signal::PySignal;
use super::zero_rule::zero_rule;
use crate::crossings::{Crossings, NotANumber, Sample, WORD, ZeroRule};

/// Count how often a signal crosses zero.
///
/// Parameters
/// ----------
/// signal : Signal or buffer
///     Samples of format u8, i16, i32, i64, f32 or f64, in any unit, of any shape and stride. The buffer
///     is read with the GIL held; a `Signal` is counted without it. An Arrow array, or a stream of its chunks,
///     is taken like a buffer of one dimension.
/// zeros : {'neutral', 'positive', 'negative', 'distinct', 'strict'}, optional
///     What a zero (or -0.0) counts as. `neutral`: it keeps the sign before it. `positive`, `negative`:
///     it has that sign. `distinct`: it is a third sign, and each change counts. `strict`: the product of
///     two neighbours must be below zero.
/// baseline : int or float, optional
///     Subtracted first, in units of the samples and of their kind, without a copy of them: raw ADC values
///     may never cross zero itself.
/// axis : int, optional
///     The axis of time in an array of several dimensions.
///
/// Returns
/// -------
/// int or numpy.ndarray
///     The count; for several dimensions an int64 array of counts in the shape of the other axes.
///     No sample or one sample has no crossing.
///
/// Raises
/// ------
/// TypeError
///     If the samples have another format, or the byte order of other machines, or `baseline` is no
///     integer where they are integers.
/// ValueError
///     If a sample is NaN, null or masked (the message has its index), `zeros` is unknown, `axis` does not
///     exist, or `baseline` is not finite or beyond what the samples can be.
///
/// Examples
/// --------
/// >>> from array import array
/// >>> from ecg_core import count_zero_crossings
/// >>> count_zero_crossings(array('h', [3, 0, -2, 0, -1, 5]))
/// 2
/// >>> count_zero_crossings(array('h', [3, 0, -2, 0, -1, 5]), zeros='distinct')
/// 5
/// >>> count_zero_crossings(array('h', [1030, 1024, 1020]), baseline=1024)
/// 1
#[pyfunction]
#[pyo3(signature = (signal, /, *, zeros="neutral", baseline=None, axis=-1))]
#[pyo3(text_signature = "(signal, /, *, zeros='neutral', baseline=0, axis=-1)")]
pub(super) fn count_zero_crossings<'py>(
    signal: &Bound<'py, PyAny>,
    zeros: &str,
    baseline: Option<&Bound<'py, PyAny>>,
    axis: isize,
) -> PyResult<Bound<'py, PyAny>> {
    let (py, rule) = (signal.py(), zero_rule(zeros)?);
    if let Ok(signal) = signal.cast::<PySignal>() {
        axis_of(axis, 1)?;
        let samples = &signal.get().signal;
        let baseline = baseline_of(baseline)?;
        let count =
            detached(py, size_of_val(samples.samples()), || samples.count_zero_crossings(rule, baseline));
        return Ok(count.into_pyobject(py)?.into_any());
    }
    let view = View::of(signal)?;
    let axis = axis_of(axis, view.shape().len())?;
    with_sample!(view, T => counts::<T>(py, &view, (rule, baseline_of(baseline)?), axis))
}

/// Find where a signal crosses zero.
///
/// Parameters
/// ----------
/// signal : Signal or buffer
///     Samples of one dimension, as for `count_zero_crossings`.
/// zeros : {'neutral', 'positive', 'negative', 'distinct', 'strict'}, optional
///     What a zero counts as, as for `count_zero_crossings`.
/// baseline : int or float, optional
///     Subtracted first, as for `count_zero_crossings`.
///
/// Returns
/// -------
/// numpy.ndarray
///     The indices, int64 and ascending, of the samples after each crossing; as many as
///     `count_zero_crossings` counts. Under `neutral` these are samples other than zero.
///
/// Raises
/// ------
/// ImportError
///     If NumPy is not installed.
/// TypeError, ValueError
///     As for `count_zero_crossings`, and ValueError if there are several dimensions.
///
/// Examples
/// --------
/// >>> from ecg_core import Signal, zero_crossings
/// >>> zero_crossings(Signal([3, 0, -2, 0, -1, 5])).tolist()
/// [2, 5]
#[pyfunction]
#[pyo3(signature = (signal, /, *, zeros="neutral", baseline=None))]
#[pyo3(text_signature = "(signal, /, *, zeros='neutral', baseline=0)")]
pub(super) fn zero_crossings<'py>(
    signal: &Bound<'py, PyAny>,
    zeros: &str,
    baseline: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let (py, mut counter) = (signal.py(), Crossings::new(zero_rule(zeros)?));
    let view = View::of(signal)?;
    let mut indices = Vec::new();
    with_sample!(view, T => {
        let push = |from, crossed| push_bits(&mut indices, from, crossed);
        count_lane(&view.only_lane::<T>(py)?, baseline_of(baseline)?, &mut counter, push)
            .map_err(|nan| PyValueError::new_err(format!("NaN at index {}", nan.index)))
    })?;
    array::int64(py, &indices, &[indices.len()])
}

fn push_bits(indices: &mut Vec<i64>, from: usize, mut bits: u64) {
    let (mut places, count) = ([0; WORD], bits.count_ones() as usize);
    for index in &mut places[..count] {
        *index = (from + bits.trailing_zeros() as usize).cast_signed() as i64;
        bits &= bits - 1;
    }
    indices.extend_from_slice(&places[..count]);
}

fn counts<'py, T: Sample + Element>(
    py: Python<'py>,
    view: &View,
    (rule, level): (ZeroRule, T),
    axis: usize,
) -> PyResult<Bound<'py, PyAny>> {
    let shape = view.shape();
    let count = |(index, lane)| {
        let mut counter = Crossings::new(rule);
        let outcome = count_lane(&lane, level, &mut counter, |_, _| ());
        outcome.map_err(|nan| not_a_number(py, shape, axis, index, nan))?;
        Ok::<_, PyErr>(counter.count())
    };
    if let [_] = shape {
        return Ok(count((0, view.only_lane(py)?))?.into_pyobject(py)?.into_any());
    }
    array::filled(py, "int64", &[&shape[..axis], &shape[axis + 1..]].concat(), |slots| {
        for (slot, lane) in slots.iter_mut().zip(view.lanes(py, axis).enumerate()) {
            *slot = count(lane)?.to_ne_bytes();
        }
        Ok(())
    })
}

fn not_a_number(py: Python<'_>, shape: &[usize], axis: usize, lane: usize, nan: NotANumber) -> PyErr {
    let mut index = position(shape, axis, lane);
    index[axis] = nan.index;
    no_number(py, "NaN", &index)
}

fn axis_of(axis: isize, dimensions: usize) -> PyResult<usize> {
    let index = if axis < 0 { axis.checked_add_unsigned(dimensions) } else { Some(axis) };
    let index = index.and_then(|index| usize::try_from(index).ok()).filter(|&index| index < dimensions);
    index.ok_or_else(|| PyValueError::new_err(format!("no axis {axis} in {dimensions} dimensions")))
}
