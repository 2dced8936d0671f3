//! The smallest and the largest sample.

#[cfg(target_arch = "x86_64")]
use crate::isa::{Isa, Kind};

/// The smallest and the largest sample; 0 and 0 of nothing.
#[must_use]
pub fn extremes(samples: &[i32]) -> (i32, i32) {
    #[cfg(target_arch = "x86_64")]
    #[expect(unsafe_code, reason = "the machine must have the instructions")]
    match Isa::current().kind() {
        // SAFETY: an `Isa` comes from detecting its instructions.
        Kind::Avx512 => return unsafe { avx512(samples) },
        // SAFETY: as above.
        Kind::Avx2 => return unsafe { avx2(samples) },
        Kind::Scalar => {}
    }
    portable(samples)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn avx512(samples: &[i32]) -> (i32, i32) {
    portable(samples)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn avx2(samples: &[i32]) -> (i32, i32) {
    portable(samples)
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
