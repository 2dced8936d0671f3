//! What a signal says of its samples.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::class::PySignal;
use crate::crossings::ZeroRule;
use crate::memory::{OutOfMemory, collected};
use crate::python::arguments::{Cut, Given, Zeros};
use crate::python::gil::detached;
use crate::python::levels::baseline::{level_of, real_of};
use crate::python::levels::level::Level;
use crate::python::levels::missing::missing_of;
use crate::signal::Signal;

impl PySignal {
    /// Counts around a level, without the GIL if that is long.
    pub(crate) fn count_around(
        &self,
        py: Python<'_>,
        rule: ZeroRule,
        (level, missing): (Level<i32>, Option<i32>),
    ) -> u64 {
        let signal = &self.signal;
        let count = || signal.count_zero_crossings(level.rule(rule), level.at, missing);
        detached(py, size_of_val(signal.samples()), count)
    }
}

#[pymethods]
impl PySignal {
    /// int or None: The smallest sample, None if there is no sample.
    #[getter]
    fn minimum(&self) -> Option<i32> {
        self.signal.minimum()
    }

    /// int or None: The largest sample, None if there is no sample.
    #[getter]
    fn maximum(&self) -> Option<i32> {
        self.signal.maximum()
    }

    /// Return the smallest and the largest of the samples that are not equal to `missing`, or None if there is none.
    ///
    /// >>> from ecg_core import Signal
    /// >>> Signal([3, -32768, 5]).extremes(missing=-32768)
    /// (3, 5)
    #[pyo3(signature = (*, missing=None))]
    fn extremes(&self, missing: Option<&Bound<'_, PyAny>>) -> PyResult<Option<(i32, i32)>> {
        Ok(self.signal.extremes(missing_of::<i32>(missing)?))
    }

    /// Count how often the signal crosses a baseline.
    ///
    /// Parameters
    /// ----------
    /// zeros : {'neutral', 'positive', 'negative', 'distinct', 'strict'}, optional
    ///     What a sample equal to the baseline counts as, as for `count_zero_crossings`.
    /// baseline : real number, optional
    ///     Subtracted first, in units of the samples, exactly.
    /// missing : real number, optional
    ///     Samples that are equal to it are missing: no crossing is counted across them.
    ///
    /// Returns
    /// -------
    /// int
    ///     The count; known beforehand for the defaults.
    ///
    /// Examples
    /// --------
    /// >>> from ecg_core import Signal
    /// >>> Signal([1020, 1030, 1024, 1000]).count_zero_crossings(baseline=1024)
    /// 2
    #[pyo3(signature = (*, zeros=Zeros::NEUTRAL, baseline=Given::NOTHING, missing=None))]
    #[pyo3(text_signature = "($self, *, zeros='neutral', baseline=0, missing=None)")]
    fn count_zero_crossings(
        &self,
        py: Python<'_>,
        zeros: Zeros,
        baseline: Given<'_>,
        missing: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<u64> {
        let levels = (level_of::<i32>(baseline.get().as_ref())?, missing_of::<i32>(missing)?);
        Ok(self.count_around(py, zeros.0, levels))
    }

    /// Return the mean distance from a baseline, in units of the samples; the sum is exact.
    ///
    /// Samples that are equal to `missing` are left out. ValueError is raised if there is no other.
    ///
    /// >>> from ecg_core import Signal
    /// >>> Signal([1020, 1030]).average(baseline=1024)
    /// 1.0
    #[pyo3(signature = (*, baseline=Given::NOTHING, missing=None))]
    #[pyo3(text_signature = "($self, *, baseline=0, missing=None)")]
    fn average(&self, baseline: Given<'_>, missing: Option<&Bound<'_, PyAny>>) -> PyResult<f64> {
        self.signal.average(real_of(baseline.get().as_ref())?, missing_of::<i32>(missing)?).ok_or_else(empty)
    }

    /// Return the root of the mean squared distance from a baseline, in units of the samples.
    ///
    /// Samples that are equal to `missing` are left out. ValueError is raised if there is no other.
    ///
    /// >>> from ecg_core import Signal
    /// >>> Signal([3, -4, 3, -4]).rms()
    /// 3.5355339059327378
    #[pyo3(signature = (*, baseline=Given::NOTHING, missing=None))]
    #[pyo3(text_signature = "($self, *, baseline=0, missing=None)")]
    fn rms(&self, baseline: Given<'_>, missing: Option<&Bound<'_, PyAny>>) -> PyResult<f64> {
        self.signal.rms(real_of(baseline.get().as_ref())?, missing_of::<i32>(missing)?).ok_or_else(empty)
    }

    /// Return `average` and `rms` of the same arguments, from one look at the samples.
    ///
    /// >>> from ecg_core import Signal
    /// >>> Signal([3, -4, 3, -4]).mean_and_rms()
    /// (-0.5, 3.5355339059327378)
    #[pyo3(signature = (*, baseline=Given::NOTHING, missing=None))]
    #[pyo3(text_signature = "($self, *, baseline=0, missing=None)")]
    fn mean_and_rms(&self, baseline: Given<'_>, missing: Option<&Bound<'_, PyAny>>) -> PyResult<(f64, f64)> {
        let (baseline, missing) = (real_of(baseline.get().as_ref())?, missing_of::<i32>(missing)?);
        self.signal.mean_and_rms(baseline, missing).ok_or_else(empty)
    }

    /// Choose few samples that keep every peak, for drawing.
    ///
    /// Parameters
    /// ----------
    /// max_points : int
    ///     At least 2, else ValueError is raised. The signal is cut into `max_points // 2` buckets of about
    ///     equal length, and each gives its smallest and its largest sample, in the order of their positions.
    /// missing : real number, optional
    ///     Samples that are equal to it are missing: a bucket leaves them out, or gives the first if it has no other.
    ///
    /// Returns
    /// -------
    /// tuple of Signal
    ///     The positions (ascending, in samples) and the values; all of them if `max_points` is enough.
    ///
    /// Examples
    /// --------
    /// >>> from ecg_core import Signal
    /// >>> positions, values = Signal([5, 1, 9, 3, 3, 3, 8, 0, 2]).thin(4)
    /// >>> positions.to_list(), values.to_list()
    /// ([1, 2, 6, 7], [1, 9, 8, 0])
    #[pyo3(signature = (max_points, /, *, missing=None))]
    fn thin(&self, max_points: Cut, missing: Option<&Bound<'_, PyAny>>) -> PyResult<(Self, Self)> {
        let most = usize::try_from(max_points.0).ok().filter(|&most| most >= 2);
        let most = most.ok_or_else(|| PyValueError::new_err("max_points must be at least 2"))?;
        let (positions, samples) =
            (self.signal.thin(most, missing_of::<i32>(missing)?)?, self.signal.samples());
        let values = collected(positions.iter().map(|&position| Ok::<_, OutOfMemory>(samples[position])))?;
        let positions =
            collected(positions.into_iter().map(|position| Ok::<_, PyErr>(position.try_into()?)))?;
        Ok((Signal::try_new(positions)?.into(), Signal::try_new(values)?.into()))
    }
}

fn empty() -> PyErr {
    PyValueError::new_err("there is no sample")
}
