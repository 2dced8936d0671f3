//! The smallest and the largest sample.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
mod neon;
mod portable;

use crate::isa::{Isa, dispatch};

/// The smallest and the largest sample; 0 and 0 if there is none.
#[must_use]
pub fn extremes(samples: &[i32]) -> (i32, i32) {
    dispatch!(Isa::current(), extremes(samples))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extremes_are_found_at_every_place() {
        for isa in Isa::available() {
            let found = |samples: &[i32]| dispatch!(isa, extremes(samples));
            assert_eq!((found(&[]), found(&[7])), ((0, 0), (7, 7)));
            for len in 2..=200 {
                for place in (0..len).filter(|place| 2 * place + 1 != len) {
                    let mut samples = vec![5; len];
                    samples[place] = i32::MAX;
                    samples[len - 1 - place] = i32::MIN;
                    assert_eq!(found(&samples), (i32::MIN, i32::MAX));
                }
            }
        }
    }
}
