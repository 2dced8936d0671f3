//! How often a signal crosses zero, frame by frame.

use pyo3::exceptions::{PyOverflowError, PyValueError};
use pyo3::prelude::*;

use super::lanes::{Lanes, with_lanes};
use crate::crossings::Frames;
use crate::python::arguments::{Cut, Given, Zeros};
use crate::python::array;
use crate::python::buffers::elements::Element;

/// Measure which part of the samples are zero crossings, frame by frame.
///
/// Each frame is counted by itself: its first sample is no crossing, and under `neutral` a sign
/// before it is not known.
///
/// Parameters
/// ----------
/// signal : Signal, array or iterable of numbers
///     Samples as for `count_zero_crossings`, of any shape.
/// frame_length : int, optional
///     The length of a frame, in samples.
/// hop_length : int, optional
///     The distance between the starts of two frames, in samples.
/// center : bool, optional
///     Whether the first frame is centred on the first sample: the signal is continued at both ends
///     by `frame_length // 2` copies of the first and the last sample.
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
///     Crossings per sample, float64 of shape `(..., 1, frames)`, where ... are the other axes, and
///     `frames = 1 + (samples - frame_length) // hop_length`, where `samples` includes the copies. Samples
///     after the last whole frame are left out.
///
/// Raises
/// ------
/// ImportError
///     If NumPy is not installed.
/// TypeError
///     As for `count_zero_crossings`, or if a length is no integer.
/// ValueError
///     As for `count_zero_crossings`, or if a length is below 1, or the signal is empty or shorter than a frame.
///
/// Notes
/// -----
/// `librosa.feature.zero_crossing_rate(y, threshold=0)` [1]_ is the rule `positive`. Times the sampling
/// rate in Hz this is crossings per second.
///
/// References
/// ----------
/// .. [1] https://librosa.org/doc/latest/generated/librosa.feature.zero_crossing_rate.html
///
/// Examples
/// --------
/// >>> from ecg_core import Signal, zero_crossing_rate
/// >>> zero_crossing_rate(Signal([1, -1, 1, -1, 5, 5, 5, 5]), frame_length=4, hop_length=2)
/// array([[0.25, 0.75, 0.5 , 0.  , 0.  ]])
#[pyfunction]
#[pyo3(signature = (
    signal, /, *, frame_length=Given::NOTHING, hop_length=Given::NOTHING, center=true, zeros=Zeros::NEUTRAL,
    baseline=Given::NOTHING, missing=None, axis=Cut(-1)
))]
#[pyo3(text_signature = "(signal, /, *, frame_length=2048, hop_length=512, center=True, zeros='neutral', \
                         baseline=0, missing=None, axis=-1)")]
#[expect(clippy::too_many_arguments, reason = "they are the keywords of Python")]
pub(crate) fn zero_crossing_rate<'py>(
    signal: &Bound<'py, PyAny>,
    frame_length: Given<'py>,
    hop_length: Given<'py>,
    center: bool,
    zeros: Zeros,
    baseline: Given<'py>,
    missing: Option<&Bound<'py, PyAny>>,
    axis: Cut,
) -> PyResult<Bound<'py, PyAny>> {
    let length = length_of("frame_length", frame_length.get().as_ref(), 2048)?;
    let hop = length_of("hop_length", hop_length.get().as_ref(), 512)?;
    let framing = Framing { length, hop, copies: if center { length / 2 } else { 0 } };
    with_lanes!(signal, axis, (zeros.0, baseline, missing), lanes => rates(&lanes, &framing))
}

/// How samples are cut into frames; each end has so many copies of its sample. All lengths fit isize.
struct Framing {
    length: usize,
    hop: usize,
    copies: usize,
}

impl Framing {
    /// How many whole frames there are.
    fn number(&self, samples: usize) -> PyResult<usize> {
        if samples == 0 {
            return Err(PyValueError::new_err("a signal without samples has no rate"));
        }
        let Some(room) = (samples + 2 * self.copies).checked_sub(self.length) else {
            let message = format!("{samples} samples are less than a frame of {}", self.length);
            return Err(PyValueError::new_err(message));
        };
        Ok(1 + room / self.hop)
    }
}

fn rates<'py, T: Element>(lanes: &Lanes<'_, 'py, T>, framing: &Framing) -> PyResult<Bound<'py, PyAny>> {
    let number = framing.number(lanes.len())?;
    let start = -framing.copies.cast_signed(); // where the copies before the first sample begin
    array::filled(lanes.py, "float64", &[lanes.others(), vec![1, number]].concat(), |rates| {
        for (counts, lane) in rates.chunks_exact_mut(number).zip(lanes.all()) {
            let mut frames = Frames::new(start, (framing.length, framing.hop), counts);
            lanes.count(lane, |from, word| frames.take(from, word))?;
            frames.finish();
        }
        divide(rates, framing.length);
        Ok(())
    })
}

/// Makes of counts the bits of floats, as many times smaller.
#[expect(clippy::cast_precision_loss, reason = "lengths beyond 2**53 are rounded")]
fn divide(counts: &mut [u64], length: usize) {
    let whole = length as f64;
    if length.is_power_of_two() {
        // faster, and nothing is rounded
        for count in counts {
            *count = (as_float(*count) * whole.recip()).to_bits();
        }
    } else {
        for count in counts {
            *count = (as_float(*count) / whole).to_bits();
        }
    }
}

/// A count below 2**52: no memory has room for more. Other conversions of 64 bits are slower, or lacking.
fn as_float(count: u64) -> f64 {
    const ONES: f64 = 1.0 / f64::EPSILON; // the last bit of it stands for 1
    f64::from_bits(ONES.to_bits() | count) - ONES
}

fn length_of(name: &str, value: Option<&Bound<'_, PyAny>>, otherwise: usize) -> PyResult<usize> {
    let Some(value) = value else { return Ok(otherwise) };
    let length = value.extract::<isize>().map_err(|error| {
        let too_large = error.is_instance_of::<PyOverflowError>(value.py());
        if too_large {
            PyValueError::new_err(format!("{name} is beyond what a signal can be"))
        } else {
            error
        }
    })?;
    let positive = usize::try_from(length).ok().filter(|&length| length > 0);
    positive.ok_or_else(|| PyValueError::new_err(format!("{name} must be at least 1, got {length}")))
}
