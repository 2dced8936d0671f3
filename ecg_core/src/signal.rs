//! Immutable samples, with what is known about them.

use std::sync::Arc;

use crate::crossings::{self, Crossings, ZeroRule};
use crate::extremes::extremes;
use crate::memory::{OutOfMemory, Room, shared};
use crate::moments::Moments;
use crate::sums::Sums;

/// The samples of one lead. Copies share the samples.
///
/// ```
/// use ecg_core::{Signal, ZeroRule};
///
/// let signal = Signal::new([1030, 1020, 1028]);
/// assert_eq!((signal.minimum(), signal.maximum()), (Some(1020), Some(1030)));
/// assert_eq!(signal.count_zero_crossings(ZeroRule::Neutral, 1024, None), 2);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signal {
    samples: Arc<Vec<i32>>, // not Arc<[i32]>: that would copy every vector
    min: i32,
    max: i32,
    crossings: u64,
}

impl Signal {
    /// Takes samples and looks at each once: extremes and neutral crossings are known from here on.
    pub fn new(samples: impl Into<Vec<i32>>) -> Self {
        Self::of(Arc::new(samples.into()))
    }

    /// Takes samples like [`Self::new`], which aborts the process where memory ends.
    ///
    /// # Errors
    /// [`OutOfMemory`], in place of that.
    pub fn try_new(samples: Vec<i32>) -> Result<Self, OutOfMemory> {
        shared(samples).map(Self::of)
    }

    fn of(samples: Arc<Vec<i32>>) -> Self {
        let (min, max) = extremes(&samples);
        let crossings = crossings::count(&samples, ZeroRule::Neutral, 0);
        Self { samples, min, max, crossings }
    }

    /// The samples.
    #[must_use]
    pub fn samples(&self) -> &[i32] {
        &self.samples
    }

    /// The smallest sample, if there is any.
    #[must_use]
    pub fn minimum(&self) -> Option<i32> {
        (!self.samples.is_empty()).then_some(self.min)
    }

    /// The largest sample, if there is any.
    #[must_use]
    pub fn maximum(&self) -> Option<i32> {
        (!self.samples.is_empty()).then_some(self.max)
    }

    /// The smallest and the largest sample other than `missing`, if there is any.
    #[must_use]
    pub fn extremes(&self, missing: Option<i32>) -> Option<(i32, i32)> {
        let Some(missing) = self.gap(missing) else { return Some((self.minimum()?, self.maximum()?)) };
        let present = || self.samples.iter().copied().filter(|&sample| sample != missing);
        Some((present().min()?, present().max()?))
    }

    /// Zero crossings after subtracting a baseline; the neutral ones of baseline 0 are already known. Samples that
    /// equal `missing` are gaps, over which there is no crossing.
    #[must_use]
    pub fn count_zero_crossings(&self, rule: ZeroRule, baseline: i32, missing: Option<i32>) -> u64 {
        let missing = self.gap(missing);
        if (rule, baseline, missing) == (ZeroRule::Neutral, 0, None) {
            return self.crossings;
        }
        let mut counter = Crossings::new(rule);
        let _none_is_nan =
            counter.extend_around(baseline, self.samples[..].into(), missing.into(), |_, _| ());
        counter.count()
    }

    /// The mean distance from a baseline of the samples other than `missing`, if there are any, and the root of the
    /// mean squared distance.
    #[must_use]
    pub fn mean_and_rms(&self, baseline: f64, missing: Option<i32>) -> Option<(f64, f64)> {
        let mut moments = Moments::around(baseline);
        moments.add(self.sums(missing, moments.whole()));
        moments.mean_and_rms()
    }

    /// The mean distance from a baseline of the samples other than `missing`, if there are any.
    #[must_use]
    pub fn average(&self, baseline: f64, missing: Option<i32>) -> Option<f64> {
        self.mean_and_rms(baseline, missing).map(|(mean, _)| mean)
    }

    /// The root of the mean squared distance from a baseline of the samples other than `missing`, if there are any.
    #[must_use]
    pub fn rms(&self, baseline: f64, missing: Option<i32>) -> Option<f64> {
        self.mean_and_rms(baseline, missing).map(|(_, rms)| rms)
    }

    /// The samples as little-endian integers of 16 bits, if all fit.
    ///
    /// # Errors
    /// [`OutOfMemory`] if there is no memory for the bytes.
    pub fn to_i16le(&self) -> Result<Option<Vec<u8>>, OutOfMemory> {
        if self.min < i16::MIN.into() || self.max > i16::MAX.into() {
            return Ok(None);
        }
        #[expect(clippy::cast_possible_truncation, reason = "all samples are between the extremes")]
        self.written(|sample| (sample as i16).to_le_bytes()).map(Some)
    }

    /// The samples as little-endian integers of 32 bits.
    ///
    /// # Errors
    /// [`OutOfMemory`] if there is no memory for the bytes.
    pub fn to_i32le(&self) -> Result<Vec<u8>, OutOfMemory> {
        self.written(i32::to_le_bytes)
    }

    fn written<const N: usize>(&self, bytes_of: impl Fn(i32) -> [u8; N]) -> Result<Vec<u8>, OutOfMemory> {
        let mut written = Vec::with_room(self.samples.len())?;
        written.extend(self.samples.iter().map(|&sample| bytes_of(sample)));
        Ok(written.into_flattened())
    }

    pub(crate) fn sums(&self, missing: Option<i32>, from: i64) -> Sums {
        match self.gap(missing) {
            None => Sums::of(&self.samples, (self.min, self.max), from),
            Some(gap) => Sums::of_each(self.samples.iter().copied().filter(|&sample| sample != gap), from),
        }
    }

    /// What is missing, if a sample may equal it.
    pub(crate) fn gap(&self, missing: Option<i32>) -> Option<i32> {
        missing.filter(|missing| (self.min..=self.max).contains(missing))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_known_of_no_samples() {
        let empty = Signal::new([]);
        assert_eq!(
            (empty.minimum(), empty.maximum(), empty.average(0.0, None), empty.rms(0.0, None)),
            (None, None, None, None)
        );
        assert_eq!(empty.count_zero_crossings(ZeroRule::Neutral, 0, None), 0);
    }

    #[test]
    fn bytes_are_little_endian_and_of_16_bits_where_all_fit() {
        let fits = Signal::new([-32_768, 32_767, -1]);
        assert_eq!(fits.to_i16le(), Ok(Some(vec![0x00, 0x80, 0xff, 0x7f, 0xff, 0xff])));
        assert_eq!(Signal::new([0x0403_0201]).to_i32le(), Ok(vec![1, 2, 3, 4]));
        assert_eq!((Signal::new([]).to_i16le(), Signal::new([]).to_i32le()), (Ok(Some(vec![])), Ok(vec![])));
        for beyond in [-32_769, 32_768] {
            assert_eq!(Signal::new([0, beyond]).to_i16le(), Ok(None));
        }
    }

    #[test]
    fn sums_do_not_overflow_at_the_limits() {
        let signal = Signal::new(vec![i32::MIN; 100_000]);
        let distance = f64::from(i32::MIN) - f64::from(i32::MAX);
        assert_eq!(signal.average(i32::MAX.into(), None), Some(distance));
        assert_eq!(signal.rms(i32::MAX.into(), None), Some(-distance));
    }

    #[test]
    fn missing_samples_are_left_out() {
        let signal = Signal::new([-9, 3, -9, -4, 3, -9]);
        assert_eq!((signal.extremes(None), signal.extremes(Some(-9))), (Some((-9, 3)), Some((-4, 3))));
        assert_eq!(signal.extremes(Some(7)), Some((-9, 3)));
        assert_eq!(signal.extremes(Some(3)), Some((-9, -4)));
        assert_eq!(signal.average(1.0, Some(-9)), Some(-1.0 / 3.0));
        assert_eq!(signal.rms(0.0, Some(-9)), Some((34.0_f64 / 3.0).sqrt()));
        let counts =
            [None, Some(-9), Some(7)].map(|gap| signal.count_zero_crossings(ZeroRule::Neutral, 0, gap));
        assert_eq!(counts, [4, 1, 4]);
        assert_eq!(signal.count_zero_crossings(ZeroRule::Neutral, 3, Some(3)), 0);
    }

    #[test]
    fn nothing_is_known_of_missing_samples_alone() {
        let signal = Signal::new([-9; 9]);
        assert_eq!(
            (signal.extremes(Some(-9)), signal.average(0.0, Some(-9)), signal.rms(0.0, Some(-9))),
            (None, None, None)
        );
        assert_eq!(signal.count_zero_crossings(ZeroRule::Distinct, -9, Some(-9)), 0);
    }
}
