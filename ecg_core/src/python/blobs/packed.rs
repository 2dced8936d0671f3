//! Signals of which no more is unpacked than is needed.

use std::ops::Range;
use std::sync::Arc;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PySlice};

use super::source::Source;
use crate::blob::{self, Lead, Place};
use crate::crossings::{Crossings, ZeroRule};
use crate::json::to_json;
use crate::memory::{OutOfMemory, Room, collected};
use crate::moments::Moments;
use crate::python::arguments::{Cut, Given, Zeros};
use crate::python::gil::detached;
use crate::python::levels::baseline::{level_of, real_of};
use crate::python::levels::missing::missing_of;
use crate::python::memory::bytes;
use crate::python::signal::PySignal;
use crate::signal::Signal;
use crate::thinning::Thinning;

/// A signal that stays packed: each call unpacks the samples that it needs, at most 65,536 at a time.
///
/// It comes from `open_blob` or `Reading.leads`. Samples are verified whenever they are unpacked: a call raises
/// BlobError if those that it needs are damaged.
///
/// Examples
/// --------
/// >>> from ecg_core import Signal, open_blob, pack
/// >>> [signal] = open_blob(pack([Signal([12, -3, 0, 7])]))
/// >>> signal, len(signal), signal.count_zero_crossings()
/// (PackedSignal(4 samples), 4, 2)
#[pyclass(frozen, weakref, module = "ecg_core")]
pub(crate) struct PackedSignal {
    pub(super) source: Arc<Source>,
    pub(super) place: Place,
    pub(super) range: Range<usize>,
}

impl PackedSignal {
    /// Calls a function with the samples of each run in order, without the GIL.
    fn each(
        &self,
        py: Python<'_>,
        mut use_run: impl FnMut(Vec<i32>) -> Result<(), OutOfMemory> + Send,
    ) -> PyResult<()> {
        let lead = self.place.open(&self.source.read(py, self.place.index())?)?;
        for run in lead.runs(self.range.clone()) {
            let bytes = self.source.read(py, run.bytes())?;
            let work = || {
                let mut samples = Vec::new();
                run.unpack(&bytes, &mut samples)?;
                Ok::<_, blob::BlobError>(use_run(samples)?)
            };
            detached(py, size_of::<i32>() * run.wanted(), work)?;
        }
        Ok(())
    }

    fn each_signal(&self, py: Python<'_>, mut use_run: impl FnMut(&Signal) + Send) -> PyResult<()> {
        self.each(py, |samples| {
            use_run(&Signal::try_new(samples)?);
            Ok(())
        })
    }

    /// What the table says, if this is all of a lead.
    fn whole(&self) -> Option<Lead> {
        let lead = self.place.lead();
        (self.range == (0..lead.samples as usize)).then_some(lead)
    }

    fn signal(&self, py: Python<'_>) -> PyResult<Signal> {
        let mut all = Vec::with_room(self.range.len())?;
        self.each(py, |samples| all.add_all(&samples))?;
        Ok(Signal::try_new(all)?)
    }
}

#[pymethods]
impl PackedSignal {
    fn __len__(&self) -> usize {
        self.range.len()
    }

    fn __repr__(&self) -> String {
        format!("PackedSignal({} samples)", self.range.len())
    }

    fn __getitem__(&self, part: &Bound<'_, PySlice>) -> PyResult<Self> {
        let cut = part.indices(self.range.len().cast_signed())?;
        if cut.step != 1 {
            return Err(PyValueError::new_err("a packed signal has no slices with a step"));
        }
        let start = self.range.start + cut.start.cast_unsigned();
        let range = start..start + cut.slicelength;
        Ok(Self { source: self.source.clone(), place: self.place, range })
    }

    /// Return the samples.
    fn unpack(&self, py: Python<'_>) -> PyResult<PySignal> {
        Ok(self.signal(py)?.into())
    }

    /// Return the samples as `Signal.to_json` does.
    fn to_json<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let signal = self.signal(py)?;
        bytes(py, &detached(py, size_of_val(signal.samples()), || to_json(signal.samples()))?)
    }

    /// Return how many samples equal a value.
    #[pyo3(signature = (value, /))]
    fn count(&self, py: Python<'_>, value: i32) -> PyResult<usize> {
        let mut count = 0;
        self.each(py, |samples| {
            count += samples.iter().filter(|&&sample| sample == value).count();
            Ok(())
        })?;
        Ok(count)
    }

    /// Return what `Signal.extremes` does.
    #[pyo3(signature = (*, missing=None))]
    fn extremes(&self, py: Python<'_>, missing: Option<&Bound<'_, PyAny>>) -> PyResult<Option<(i32, i32)>> {
        let (missing, mut found) = (missing_of::<i32>(missing)?, None);
        let known = self.whole().filter(|_| missing.is_none()).map(|lead| lead.minimum.zip(lead.maximum));
        if let Some(known) = known {
            return Ok(known);
        }
        self.each_signal(py, |run| {
            let both = |(low, high): (i32, i32), (least, most)| (low.min(least), high.max(most));
            let next = run.extremes(missing);
            found = found.map_or(next, |found| Some(next.map_or(found, |next| both(found, next))));
        })?;
        Ok(found)
    }

    /// Return what `Signal.count_zero_crossings` does.
    #[pyo3(signature = (*, zeros=Zeros::NEUTRAL, baseline=Given::NOTHING, missing=None))]
    #[pyo3(text_signature = "($self, *, zeros='neutral', baseline=0, missing=None)")]
    fn count_zero_crossings(
        &self,
        py: Python<'_>,
        zeros: Zeros,
        baseline: Given<'_>,
        missing: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<u64> {
        let (level, missing) = (level_of::<i32>(baseline.get().as_ref())?, missing_of::<i32>(missing)?);
        let rule = level.rule(zeros.0);
        if let (Some(lead), ZeroRule::Neutral, 0, None) = (self.whole(), rule, level.at, missing) {
            return Ok(lead.crossings.into());
        }
        let mut counter = Crossings::new(rule);
        self.each(py, |samples| {
            let _none_is_nan = counter.extend_around(level.at, samples[..].into(), missing.into(), |_, _| ());
            Ok(())
        })?;
        Ok(counter.count())
    }

    /// Return what `Signal.mean_and_rms` does, bit by bit.
    #[pyo3(signature = (*, baseline=Given::NOTHING, missing=None))]
    #[pyo3(text_signature = "($self, *, baseline=0, missing=None)")]
    fn mean_and_rms(
        &self,
        py: Python<'_>,
        baseline: Given<'_>,
        missing: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<(f64, f64)> {
        let mut moments = Moments::around(real_of(baseline.get().as_ref())?);
        let missing = missing_of::<i32>(missing)?;
        self.each_signal(py, |run| moments.add(run.sums(missing, moments.whole())))?;
        moments.mean_and_rms().ok_or_else(|| PyValueError::new_err("there is no sample"))
    }

    /// Return what `Signal.thin` does.
    #[pyo3(signature = (max_points, /, *, missing=None))]
    fn thin(
        &self,
        py: Python<'_>,
        max_points: Cut,
        missing: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<(PySignal, PySignal)> {
        let most = usize::try_from(max_points.0).ok().filter(|&most| most >= 2);
        let most = most.ok_or_else(|| PyValueError::new_err("max_points must be at least 2"))?;
        let (missing, mut thinning) = (missing_of::<i32>(missing)?, Thinning::new(self.range.len(), most)?);
        self.each(py, |samples| {
            thinning.add(&samples, missing);
            Ok(())
        })?;
        let points = thinning.points();
        let positions = collected(points.iter().map(|point| Ok::<_, PyErr>(point.0.try_into()?)))?;
        let values = collected(points.iter().map(|point| Ok::<_, OutOfMemory>(point.1)))?;
        Ok((Signal::try_new(positions)?.into(), Signal::try_new(values)?.into()))
    }
}
