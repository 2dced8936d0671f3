//! Where a signal crosses zero: indices and masks.

use pyo3::prelude::*;

use super::blocks::{Blocks, unset};
use super::lanes::{Lanes, with_lanes};
use crate::bits::positions::positions;
use crate::bits::spread::spread;
use crate::crossings::Stretch;
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
    with_lanes!(signal, axis, (zeros.0, baseline, missing), lanes => indices(&lanes))
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
    let again = baseline.clone();
    with_lanes!(signal, axis, (zeros.0, baseline, missing), lanes => {
        let reversed = lanes.reversed(signal, |signal, axis| {
            zero_crossings_mask(signal, zeros, again, missing, axis, pad)
        });
        reversed?.map_or_else(|| mask(&lanes, pad), Ok)
    })
}

/// Bool for each sample, in the order in which they are read; then the axis of time, if it was read last, goes back.
fn mask<'py, T: Element>(lanes: &Lanes<'_, 'py, T>, pad: bool) -> PyResult<Bound<'py, PyAny>> {
    let blocks = lanes.blocks()?;
    let (abreast, last) = (blocks.abreast, blocks.last);
    let shape = [without(last, lanes.view.shape()), vec![lanes.view.shape()[last]]].concat();
    let mask = array::written(lanes.py, "bool", &shape, |marks| {
        spread(&crossed(lanes, blocks)?, marks);
        let rows = marks.chunks_exact_mut((abreast * lanes.len()).max(1)).filter(|_| pad);
        rows.for_each(|rows| rows[..abreast].fill(1));
        Ok(())
    })?;
    array::with_last_axis_at(&mask, last)
}

fn indices<'py, T: Element>(lanes: &Lanes<'_, 'py, T>) -> PyResult<Bound<'py, PyAny>> {
    let (blocks, shape) = (lanes.blocks()?, lanes.view.shape());
    if blocks.last + 1 < shape.len() {
        return array::argwhere(&mask(lanes, false)?); // they ascend in another order
    }
    let words = crossed(lanes, blocks)?;
    let count = words.iter().map(|word| word.count_ones() as usize).sum();
    let row: &[_] = if let [_] = shape { &[] } else { &[shape.len()] };
    array::written(lanes.py, "int64", &[&[count], row].concat(), |rows| {
        positions(&words, shape, rows);
        Ok(())
    })
}

/// A bit for each sample, in the order in which they are read: it is the first after a crossing.
fn crossed<T: Element>(lanes: &Lanes<'_, '_, T>, blocks: Blocks<'_, '_, T>) -> PyResult<Vec<u64>> {
    let Blocks { abreast, samples, mut finder, all, .. } = blocks;
    let mut words = unset(lanes.view.shape().iter().fold(1, |all: usize, &len| all.saturating_mul(len)))?;
    let mut stretch = Stretch::new();
    for (index, block) in all.enumerate() {
        lanes.cross((abreast, &mut finder), block, &mut stretch, (&mut words, index * samples))?;
    }
    Ok(words)
}
