//! Where a signal crosses zero: indices and masks.

use pyo3::prelude::*;

use super::lanes::{Lanes, with_lanes};
use crate::bits::spread::spread;
use crate::crossings::WORD;
use crate::memory::{OutOfMemory, Room};
use crate::python::arguments::{Cut, Given, Zeros};
use crate::python::array;
use crate::python::buffers::axes::without;
use crate::python::buffers::elements::Element;

/// Find where a signal crosses zero.
///
/// Parameters
/// ----------
/// signal : Signal, array or iterable of numbers
///     Samples as for `count_zero_crossings`, of any shape.
/// zeros : {'neutral', 'positive', 'negative', 'distinct', 'strict'}, optional
///     What a zero counts as, as for `count_zero_crossings`.
/// baseline : real number, or real numbers in the shape of the other axes, optional
///     Subtracted first, as for `count_zero_crossings`.
/// missing : real number, optional
///     What is a missing sample, as for `count_zero_crossings`.
/// axis : int, optional
///     The axis of time in an array of several dimensions.
///
/// Returns
/// -------
/// numpy.ndarray
///     The indices, int64 and ascending, of the samples after each crossing; as many as
///     `count_zero_crossings` counts. Under `neutral` these are samples other than zero. For several dimensions
///     a row for each crossing with the index along every axis, in the order of `numpy.argwhere`.
///
/// Raises
/// ------
/// ImportError
///     If NumPy is not installed.
/// TypeError, ValueError
///     As for `count_zero_crossings`.
///
/// Examples
/// --------
/// >>> from ecg_core import Signal, zero_crossings
/// >>> zero_crossings(Signal([3, 0, -2, 0, -1, 5])).tolist()
/// [2, 5]
#[pyfunction]
#[pyo3(signature = (signal, /, *, zeros=Zeros::NEUTRAL, baseline=Given::NOTHING, missing=None, axis=Cut(-1)))]
#[pyo3(text_signature = "(signal, /, *, zeros='neutral', baseline=0, missing=None, axis=-1)")]
pub(crate) fn zero_crossings<'py>(
    signal: &Bound<'py, PyAny>,
    zeros: Zeros,
    baseline: Given<'py>,
    missing: Option<&Bound<'py, PyAny>>,
    axis: Cut,
) -> PyResult<Bound<'py, PyAny>> {
    with_lanes!(signal, axis, (zeros.0, baseline, missing), lanes => {
        if lanes.others().is_empty() { indices(&lanes) } else { array::argwhere(&mask(&lanes, false)?) }
    })
}

/// Mark the samples at which a signal crosses zero.
///
/// Parameters
/// ----------
/// signal : Signal, array or iterable of numbers
///     Samples as for `count_zero_crossings`, of any shape.
/// zeros : {'neutral', 'positive', 'negative', 'distinct', 'strict'}, optional
///     What a zero counts as, as for `count_zero_crossings`.
/// baseline : real number, or real numbers in the shape of the other axes, optional
///     Subtracted first, as for `count_zero_crossings`.
/// missing : real number, optional
///     What is a missing sample, as for `count_zero_crossings`.
/// axis : int, optional
///     The axis of time in an array of several dimensions.
/// pad : bool, optional
///     Whether the first sample along the axis counts as a crossing; librosa's default is that it does.
///
/// Returns
/// -------
/// numpy.ndarray
///     Bool in the shape of the samples, True at the sample after each crossing: what `zero_crossings`
///     lists.
///
/// Raises
/// ------
/// ImportError
///     If NumPy is not installed.
/// TypeError, ValueError
///     As for `count_zero_crossings`.
///
/// Notes
/// -----
/// `librosa.zero_crossings(y, threshold=0, pad=pad)` [1]_ is the rule `positive`, and `distinct` with
/// `zero_pos=False`. Left alone, its `threshold` makes zeros of all values up to 1e-10.
///
/// References
/// ----------
/// .. [1] https://librosa.org/doc/latest/generated/librosa.zero_crossings.html
///
/// Examples
/// --------
/// >>> from ecg_core import Signal, zero_crossings_mask
/// >>> zero_crossings_mask(Signal([3, 0, -2, 5]))
/// array([False, False,  True,  True])
#[pyfunction]
#[pyo3(signature = (signal, /, *, zeros=Zeros::NEUTRAL, baseline=Given::NOTHING, missing=None, axis=Cut(-1), pad=false))]
#[pyo3(text_signature = "(signal, /, *, zeros='neutral', baseline=0, missing=None, axis=-1, pad=False)")]
pub(crate) fn zero_crossings_mask<'py>(
    signal: &Bound<'py, PyAny>,
    zeros: Zeros,
    baseline: Given<'py>,
    missing: Option<&Bound<'py, PyAny>>,
    axis: Cut,
    pad: bool,
) -> PyResult<Bound<'py, PyAny>> {
    with_lanes!(signal, axis, (zeros.0, baseline, missing), lanes => mask(&lanes, pad))
}

fn indices<'py, T: Element>(lanes: &Lanes<'_, 'py, T>) -> PyResult<Bound<'py, PyAny>> {
    let (mut indices, mut memory) = (Vec::new(), Ok(()));
    lanes.count((0, lanes.view.only_lane(lanes.py)?), |from, word| {
        if memory.is_ok() {
            memory = push_bits(&mut indices, from, word.crossed);
        }
    })?;
    memory?;
    array::int64(lanes.py, &indices, &[indices.len()])
}

fn push_bits(indices: &mut Vec<u64>, from: usize, mut bits: u64) -> Result<(), OutOfMemory> {
    let (mut places, count) = ([0; WORD], bits.count_ones() as usize);
    for index in &mut places[..count] {
        *index = from as u64 + u64::from(bits.trailing_zeros());
        bits &= bits - 1;
    }
    indices.add_all(&places[..count])
}

fn mask<'py, T: Element>(lanes: &Lanes<'_, 'py, T>, pad: bool) -> PyResult<Bound<'py, PyAny>> {
    let (together, all) = lanes.together();
    let samples = lanes.len().saturating_mul(together);
    let (mut crossed, mut abreast) = (Vec::with_room(samples.div_ceil(WORD))?, lanes.abreast(together)?);
    let last = if abreast.is_none() { lanes.axis } else { lanes.view.shape().len() - 1 };
    let shape = [without(last, lanes.view.shape()), vec![lanes.view.shape()[last]]].concat();
    let mask = array::filled(lanes.py, "bool", &shape, |bools| {
        for (marks, lane) in bools.chunks_exact_mut(samples.max(1)).zip(all) {
            lanes.crossed(together, lane, &mut abreast, &mut crossed)?;
            spread(&crossed, marks);
            marks[..together].iter_mut().for_each(|mark| *mark |= u8::from(pad));
        }
        Ok(())
    })?;
    array::with_last_axis_at(&mask, last)
}
