//! The smallest and the largest sample.

use crate::isa::vectorised;

vectorised! {
    /// The smallest and the largest sample; 0 and 0 of nothing.
    #[must_use]
    pub fn extremes(samples: &[i32]) -> (i32, i32) = portable
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "vectorised for its callers")]
fn portable(samples: &[i32]) -> (i32, i32) {
    let Some(&first) = samples.first() else { return (0, 0) };
    samples.iter().fold((first, first), |(min, max), &sample| (min.min(sample), max.max(sample)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extremes_are_found_at_every_place() {
        assert_eq!(extremes(&[]), (0, 0));
        for len in 1..=200 {
            for place in 0..len {
                let mut samples = vec![5; len];
                samples[place] = i32::MAX;
                samples[len - 1 - place] = i32::MIN;
                assert_eq!(extremes(&samples), portable(&samples));
            }
        }
    }
}
