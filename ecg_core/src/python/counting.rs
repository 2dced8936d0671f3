//! Counting zero crossings in any buffer.

use pyo3::conversion::FromPyObjectOwned;
use pyo3::prelude::*;

use super::array;
use super::axes::axis_of;
use super::buffers::{Element, View};
use super::gil::detached;
use super::lane_counting::{Lanes, baseline_of, with_sample};
use super::signal::PySignal;
use super::zero_rule::zero_rule;
use crate::crossings::{Frames, Sample};

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
    with_sample!(view, T => counts(&Lanes::<T>::of(py, &view, axis, (rule, baseline))?))
}

fn counts<'py, T>(lanes: &Lanes<'_, 'py, T>) -> PyResult<Bound<'py, PyAny>>
where
    T: Sample + Element + FromPyObjectOwned<'py>,
{
    let (py, none) = (lanes.py, |_, _| ());
    if let [_] = lanes.view.shape() {
        let count = lanes.count((0, lanes.view.only_lane(py)?), none)?;
        return Ok(count.into_pyobject(py)?.into_any());
    }
    array::filled(py, "int64", &lanes.others(), |counts| {
        if let Some(joined) = lanes.view.joined_lanes(py, lanes.axis).filter(|_| lanes.len() > 0) {
            let each = (lanes.len(), lanes.len());
            let mut frames = Frames::new(0, each, counts, u64::to_ne_bytes);
            lanes.count((0, joined), |from, word| frames.take(from, word))?;
            frames.finish();
            return Ok(());
        }
        for (to, lane) in counts.iter_mut().zip(lanes.all()) {
            *to = lanes.count(lane, none)?.to_ne_bytes();
        }
        Ok(())
    })
}
