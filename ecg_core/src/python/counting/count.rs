//! Counting zero crossings in any buffer.

use pyo3::prelude::*;

use super::blocks::{Blocks, Finder, unset};
use super::lanes::{Lanes, with_lanes};
use crate::crossings::{Frames, Stretch, WORD, tally, tally_each};
use crate::python::arguments::{Cut, Given, Zeros};
use crate::python::array;
use crate::python::buffers::axes::axis_of;
use crate::python::buffers::elements::Element;
use crate::python::levels::baseline::level_of;
use crate::python::levels::missing::missing_of;
use crate::python::signal::PySignal;

/// The most samples of lanes that are counted after all of them were read, since most of the work is to go on to the next.
const FEW: usize = 8;

/// Count how often a signal crosses zero.
///
/// Parameters
/// ----------
/// signal : Signal, array or iterable of numbers
///     Samples in any unit, of any shape and stride: integers of 8 to 64 bits with a sign or without, bool,
///     or floats of 16, 32 or 64 bits; in a buffer, an Arrow array, stream or table of one column, or whatever
///     has `__array__` or DLPack. They are read with the GIL held; a `Signal` is counted without it. Numbers one
///     by one are int64, or float64 if one of them is no integer, and rows of them an array of one dimension more,
///     for which NumPy is needed; an integer that the floats cannot hold exactly is an error.
/// zeros : {'neutral', 'positive', 'negative', 'distinct', 'strict'}, optional
///     What a zero (or -0.0) counts as. `neutral`: it keeps the sign before it. `positive`, `negative`:
///     it has that sign. `distinct`: it is a third sign, and each change counts. `strict`: the product of
///     two neighbours must be below zero.
/// baseline : real number, or real numbers in the shape of the other axes, optional
///     Subtracted first, in units of the samples, without a copy of them: raw ADC values may never cross zero
///     itself. Integers are compared with it exactly, also if it has a fraction; for floats it is rounded to
///     their type. In an array of several dimensions each lane along `axis` may have its own.
/// missing : real number, optional
///     Samples that are equal to it, or NaN if it is NaN, are missing, and so are masked samples of NumPy and nulls
///     of Arrow: no crossing is counted across them. They are errors otherwise.
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
///     If the samples have another format, or the byte order of other machines, or `baseline` is no real
///     number; for bytes, which have no type of sample, text, sets, dicts and tables of several columns the
///     message says what to write.
/// ValueError
///     If a sample is NaN, null or masked and not `missing`, or does not fit (the message has its index), `zeros` is unknown,
///     `axis` does not exist, or `baseline` is not finite, beyond what the samples can be or of another shape.
///
/// Examples
/// --------
/// >>> from array import array
/// >>> from ecg_core import count_zero_crossings
/// >>> count_zero_crossings(array('h', [3, 0, -2, 0, -1, 5]))
/// 2
/// >>> count_zero_crossings(array('h', [3, 0, -2, 0, -1, 5]), zeros='distinct')
/// 5
/// >>> count_zero_crossings(array('H', [1030, 1024, 1020]), baseline=1024.5)
/// 1
#[pyfunction]
#[pyo3(signature = (signal, /, *, zeros=Zeros::NEUTRAL, baseline=Given::NOTHING, missing=None, axis=Cut(-1)))]
#[pyo3(text_signature = "(signal, /, *, zeros='neutral', baseline=0, missing=None, axis=-1)")]
pub(crate) fn count_zero_crossings<'py>(
    signal: &Bound<'py, PyAny>,
    zeros: Zeros,
    baseline: Given<'py>,
    missing: Option<&Bound<'py, PyAny>>,
    axis: Cut,
) -> PyResult<Bound<'py, PyAny>> {
    if let Ok(signal) = signal.cast::<PySignal>() {
        axis_of(axis, 1)?;
        let levels = (level_of::<i32>(baseline.get().as_ref())?, missing_of::<i32>(missing)?);
        let (py, count) = (signal.py(), signal.get().count_around(signal.py(), zeros.0, levels));
        return Ok(count.into_pyobject(py)?.into_any());
    }
    let again = baseline.clone();
    with_lanes!(signal, axis, (zeros.0, baseline, missing), lanes => {
        let reversed = lanes.reversed(signal, |signal, axis| {
            count_zero_crossings(signal, zeros, again, missing, axis)
        });
        reversed?.map_or_else(|| counts(&lanes), Ok)
    })
}

fn counts<'py, T: Element>(lanes: &Lanes<'_, 'py, T>) -> PyResult<Bound<'py, PyAny>> {
    let (py, none) = (lanes.py, |_, _| ());
    if let [_] = lanes.view.shape() {
        let count = lanes.count((0, lanes.view.only_lane(py)?), none)?;
        return Ok(count.into_pyobject(py)?.into_any());
    }
    array::filled(py, "int64", &lanes.others(), |counts| {
        if let Some(joined) = lanes.joined().filter(|_| lanes.len() > FEW) {
            let each = (lanes.len(), lanes.len());
            let mut frames = Frames::new(0, each, counts);
            lanes.count((0, joined), |from, word| frames.take(from, word))?;
            frames.finish();
            return Ok(());
        }
        let blocks = lanes.blocks()?;
        if matches!(blocks.finder, Finder::Joined(_)) {
            let crossed = crossed(lanes, blocks)?;
            return Ok(tally_each(&crossed, lanes.len(), counts)?);
        }
        if blocks.abreast > 1 && blocks.samples >= WORD {
            return counts_abreast(lanes, blocks, counts);
        }
        if lanes.are_short() {
            return lanes.count_gathered(counts);
        }
        for (to, lane) in counts.iter_mut().zip(lanes.all()) {
            *to = lanes.count(lane, none)?;
        }
        Ok(())
    })
}

/// A bit for each sample of lanes that are joined: whether it is the first after a crossing in its lane.
fn crossed<T: Element>(lanes: &Lanes<'_, '_, T>, blocks: Blocks<'_, '_, T>) -> PyResult<Vec<u64>> {
    let (mut crossed, mut stretch) = (unset(blocks.samples)?, Stretch::new());
    let mut finder = blocks.finder;
    for block in blocks.all {
        lanes.cross((1, &mut finder), block, &mut stretch, (&mut crossed, 0))?;
    }
    Ok(crossed)
}

fn counts_abreast<T: Element>(
    lanes: &Lanes<'_, '_, T>,
    blocks: Blocks<'_, '_, T>,
    counts: &mut [u64],
) -> PyResult<()> {
    let Blocks { abreast, samples, mut finder, all, .. } = blocks;
    let (mut crossed, mut stretch) = (unset(samples)?, Stretch::new());
    for (counts, block) in counts.chunks_exact_mut(abreast).zip(all) {
        crossed.fill(0);
        lanes.cross((abreast, &mut finder), block, &mut stretch, (&mut crossed, 0))?;
        tally(&crossed, lanes.len(), counts)?;
    }
    Ok(())
}
