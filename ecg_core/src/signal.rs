//! Immutable samples, with what is known about them.

use std::sync::Arc;

use crate::crossings::{self, ZeroRule};
use crate::extremes::extremes;
use crate::memory::{OutOfMemory, Room, shared};

/// The samples of one lead. Copies share the samples.
///
/// ```
/// use ecg_core::{Signal, ZeroRule};
///
/// let signal = Signal::new([1030, 1020, 1028]);
/// assert_eq!((signal.minimum(), signal.maximum()), (Some(1020), Some(1030)));
/// assert_eq!(signal.count_zero_crossings(ZeroRule::Neutral, 1024), 2);
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

    /// Zero crossings after subtracting a baseline; the neutral ones of baseline 0 are already known.
    #[must_use]
    pub fn count_zero_crossings(&self, rule: ZeroRule, baseline: i32) -> u64 {
        match (rule, baseline) {
            (ZeroRule::Neutral, 0) => self.crossings,
            _ => crossings::count(&self.samples, rule, baseline),
        }
    }

    /// The mean distance from a baseline, if there are samples.
    #[must_use]
    pub fn average(&self, baseline: i32) -> Option<f64> {
        self.mean_of(|sample| i128::from(i64::from(sample) - i64::from(baseline)))
    }

    /// The root of the mean squared distance from a baseline, if there are samples.
    #[must_use]
    pub fn rms(&self, baseline: i32) -> Option<f64> {
        let square = |sample: i32| i128::from(sample.abs_diff(baseline)).pow(2);
        self.mean_of(square).map(f64::sqrt)
    }

    #[expect(clippy::cast_precision_loss, reason = "the sum is exact, its quotient is rounded")]
    fn mean_of(&self, term: impl Fn(i32) -> i128) -> Option<f64> {
        let sum: i128 = self.samples.iter().map(|&sample| term(sample)).sum();
        (!self.samples.is_empty()).then(|| sum as f64 / self.samples.len() as f64)
    }

    /// At most `max_points` positions, in order: the first smallest and the last largest sample
    /// of each of `max_points / 2` buckets of about equal length, or all positions if they fit.
    /// Each bucket then has two samples or more, so the two positions differ.
    ///
    /// # Errors
    /// [`OutOfMemory`] if there is no memory for the positions.
    pub fn thin(&self, max_points: usize) -> Result<Vec<usize>, OutOfMemory> {
        let (len, buckets) = (self.samples.len(), max_points / 2);
        let mut positions = Vec::with_room(max_points.min(len))?;
        if len <= max_points {
            positions.extend(0..len);
            return Ok(positions);
        }
        // bucket * len / buckets, in a form that cannot overflow
        let border = |bucket: usize| bucket * (len / buckets) + bucket * (len % buckets) / buckets;
        for bucket in 0..buckets {
            let start = border(bucket);
            let (low, high) = extreme_positions(&self.samples[start..border(bucket + 1)]);
            positions.extend([start + low.min(high), start + low.max(high)]);
        }
        Ok(positions)
    }
}

fn extreme_positions(bucket: &[i32]) -> (usize, usize) {
    let (mut low, mut high) = (0, 0);
    for (position, &sample) in bucket.iter().enumerate() {
        if sample < bucket[low] {
            low = position;
        }
        if sample >= bucket[high] {
            high = position;
        }
    }
    (low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_known_of_no_samples() {
        let empty = Signal::new([]);
        assert_eq!(
            (empty.minimum(), empty.maximum(), empty.average(0), empty.rms(0)),
            (None, None, None, None)
        );
        assert_eq!(empty.count_zero_crossings(ZeroRule::Neutral, 0), 0);
    }

    #[test]
    fn sums_do_not_overflow_at_the_limits() {
        let signal = Signal::new(vec![i32::MIN; 100_000]);
        let distance = f64::from(i32::MIN) - f64::from(i32::MAX);
        assert_eq!(signal.average(i32::MAX), Some(distance));
        assert_eq!(signal.rms(i32::MAX), Some(-distance));
    }

    #[test]
    fn thinning_keeps_the_extremes_of_each_bucket_in_order() {
        let signal = Signal::new([5, 1, 9, 3, 3, 3, 8, 0, 2]);
        assert_eq!(signal.thin(4).unwrap(), [1, 2, 6, 7]);
        assert_eq!(signal.thin(9).unwrap(), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(Signal::new([7; 9]).thin(2).unwrap(), [0, 8]);
    }
}
