//! Few samples that keep every peak.

use crate::extremes::extremes;
use crate::memory::{OutOfMemory, Room, collected};
use crate::signal::Signal;

/// Chooses few of samples that come one after the other.
pub(crate) struct Thinning {
    len: usize,
    buckets: usize,
    bucket: usize,
    /// How many samples have come.
    seen: usize,
    /// Of the bucket that is not whole yet.
    extremes: Option<Extremes>,
    points: Vec<(usize, i32)>,
}

/// The first smallest and the last largest sample with their positions, and whether these are not missing.
#[derive(Clone, Copy)]
struct Extremes {
    present: bool,
    low: (usize, i32),
    high: (usize, i32),
}

impl Thinning {
    /// For `len` samples, of which at most `max_points` are chosen.
    pub(crate) fn new(len: usize, max_points: usize) -> Result<Self, OutOfMemory> {
        let points = Vec::with_room(max_points.min(len))?;
        let buckets = if len <= max_points { len } else { max_points / 2 };
        Ok(Self { len, buckets, bucket: 0, seen: 0, extremes: None, points })
    }

    /// bucket * len / buckets, in a form that cannot overflow
    fn border(&self, bucket: usize) -> usize {
        bucket * (self.len / self.buckets) + bucket * (self.len % self.buckets) / self.buckets
    }

    /// Takes the next samples, of which those that equal `missing` are left out where others are in a bucket.
    pub(crate) fn add(&mut self, mut samples: &[i32], missing: Option<i32>) {
        while !samples.is_empty() && self.bucket < self.buckets {
            let border = self.border(self.bucket + 1);
            let (part, rest) = samples.split_at((border - self.seen).min(samples.len()));
            let found = Extremes::of(part, self.seen, missing);
            self.extremes = Some(self.extremes.map_or(found, |before| before.and(found)));
            self.seen += part.len();
            samples = rest;
            if self.seen == border {
                self.close();
            }
        }
    }

    fn close(&mut self) {
        self.bucket += 1;
        if let Some(Extremes { low, high, .. }) = self.extremes.take() {
            self.points.push(low.min(high));
            self.points.extend((low.0 != high.0).then_some(low.max(high)));
        }
    }

    /// The points in order: their positions and samples.
    pub(crate) fn points(self) -> Vec<(usize, i32)> {
        self.points
    }
}

impl Extremes {
    /// Of some samples, at least one, the first of which has this position.
    fn of(samples: &[i32], at: usize, missing: Option<i32>) -> Self {
        let Some(missing) = missing.filter(|missing| samples.contains(missing)) else {
            let (low, high) = extremes(samples);
            let first = samples.iter().position(|&sample| sample == low).unwrap_or(0);
            let last = samples.iter().rposition(|&sample| sample == high).unwrap_or(0);
            return Self { present: true, low: (at + first, low), high: (at + last, high) };
        };
        let Some(first) = samples.iter().position(|&sample| sample != missing) else {
            return Self { present: false, low: (at, missing), high: (at, missing) };
        };
        let mut found = Self { present: true, low: (first, samples[first]), high: (first, samples[first]) };
        for (position, &sample) in samples.iter().enumerate().filter(|(_, sample)| **sample != missing) {
            if sample < found.low.1 {
                found.low = (position, sample);
            }
            if sample >= found.high.1 {
                found.high = (position, sample);
            }
        }
        let Self { low, high, .. } = found;
        Self { present: true, low: (at + low.0, low.1), high: (at + high.0, high.1) }
    }

    /// Of these samples and those behind them.
    fn and(self, after: Self) -> Self {
        match (self.present, after.present) {
            (true, true) => Self {
                present: true,
                low: if after.low.1 < self.low.1 { after.low } else { self.low },
                high: if after.high.1 >= self.high.1 { after.high } else { self.high },
            },
            (false, true) => after,
            (_, false) => self,
        }
    }
}

impl Signal {
    /// At most `max_points` positions, in order: the first smallest and the last largest sample
    /// of each of `max_points / 2` buckets of about equal length, or all positions if they fit.
    /// Samples that equal `missing` are left out where others are in a bucket; of those alone it is the first.
    ///
    /// # Errors
    /// [`OutOfMemory`] if there is no memory for the positions.
    pub fn thin(&self, max_points: usize, missing: Option<i32>) -> Result<Vec<usize>, OutOfMemory> {
        let mut thinning = Thinning::new(self.samples().len(), max_points)?;
        thinning.add(self.samples(), self.gap(missing));
        collected(thinning.points().into_iter().map(|(position, _)| Ok(position)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinning_keeps_the_extremes_of_each_bucket_in_order() {
        let signal = Signal::new([5, 1, 9, 3, 3, 3, 8, 0, 2]);
        assert_eq!(signal.thin(4, None).unwrap(), [1, 2, 6, 7]);
        assert_eq!(signal.thin(9, None).unwrap(), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(Signal::new([7; 9]).thin(2, None).unwrap(), [0, 8]);
    }

    #[test]
    fn samples_that_come_in_parts_are_thinned_as_one() {
        let samples: Vec<i32> = (0..97).map(|i| (i * 7919 % 5) - 2).collect();
        for missing in [None, Some(-2), Some(0), Some(9)] {
            for (part, most) in [(1, 8), (3, 30), (10, 2), (96, 96), (50, 97), (13, 200)] {
                let mut thinning = Thinning::new(samples.len(), most).unwrap();
                samples.chunks(part).for_each(|part| thinning.add(part, missing));
                let positions: Vec<usize> = thinning.points().into_iter().map(|(at, _)| at).collect();
                assert_eq!(positions, Signal::new(&samples[..]).thin(most, missing).unwrap());
            }
        }
    }

    #[test]
    fn a_bucket_of_missing_samples_alone_gives_one() {
        let signal = Signal::new([-9, 1, -9, -9, -9, -9, -9, 5, 4]);
        assert_eq!(signal.thin(6, Some(-9)).unwrap(), [1, 3, 7, 8]);
        assert_eq!(signal.thin(6, Some(-8)).unwrap(), [0, 1, 3, 5, 6, 7]);
        assert_eq!(signal.thin(9, Some(-9)).unwrap(), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(Signal::new([-9; 9]).thin(4, Some(-9)).unwrap(), [0, 4]);
    }
}
