//! Few samples that keep every peak.

use crate::memory::{OutOfMemory, Room};
use crate::signal::Signal;

impl Signal {
    /// At most `max_points` positions, in order: the first smallest and the last largest sample
    /// of each of `max_points / 2` buckets of about equal length, or all positions if they fit.
    /// Samples that equal `missing` are left out where others are in a bucket; of those alone it is the first.
    ///
    /// # Errors
    /// [`OutOfMemory`] if there is no memory for the positions.
    pub fn thin(&self, max_points: usize, missing: Option<i32>) -> Result<Vec<usize>, OutOfMemory> {
        let (samples, len, buckets) = (self.samples(), self.samples().len(), max_points / 2);
        let (missing, mut positions) = (self.gap(missing), Vec::with_room(max_points.min(len))?);
        if len <= max_points {
            positions.extend(0..len);
            return Ok(positions);
        }
        // bucket * len / buckets, in a form that cannot overflow
        let border = |bucket: usize| bucket * (len / buckets) + bucket * (len % buckets) / buckets;
        for bucket in 0..buckets {
            let start = border(bucket);
            let (low, high) = extreme_positions(&samples[start..border(bucket + 1)], missing);
            positions.push(start + low.min(high));
            positions.extend((low != high).then_some(start + low.max(high)));
        }
        Ok(positions)
    }
}

fn extreme_positions(bucket: &[i32], missing: Option<i32>) -> (usize, usize) {
    let first = bucket.iter().position(|&sample| Some(sample) != missing).unwrap_or(0);
    let (mut low, mut high) = (first, first);
    for (position, &sample) in bucket.iter().enumerate().filter(|(_, sample)| Some(**sample) != missing) {
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
    fn thinning_keeps_the_extremes_of_each_bucket_in_order() {
        let signal = Signal::new([5, 1, 9, 3, 3, 3, 8, 0, 2]);
        assert_eq!(signal.thin(4, None).unwrap(), [1, 2, 6, 7]);
        assert_eq!(signal.thin(9, None).unwrap(), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(Signal::new([7; 9]).thin(2, None).unwrap(), [0, 8]);
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
