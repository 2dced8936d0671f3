//! Writers of short samples, those of 16 bits, as nearly all of real leads are.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
mod neon;
mod portable;
mod table;

pub(super) use table::write_one;

use std::mem::MaybeUninit;

use crate::isa::{Isa, dispatch};

/// Bytes behind the texts that a store may write too many.
pub(super) const SLACK: usize = 64;

/// Writes each sample and a comma, and returns the length; nothing if one of the samples is not short. For each
/// there must be room for seven bytes, and the [`SLACK`].
pub(super) fn write(isa: Isa, samples: &[i32], out: &mut [MaybeUninit<u8>]) -> Option<usize> {
    dispatch!(isa, write(samples, out))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(unsafe_code, reason = "bytes that may not be there are read")]
    fn written(isa: Isa, samples: &[i32]) -> Option<Vec<u8>> {
        let mut text = vec![MaybeUninit::new(0); 7 * samples.len() + SLACK];
        let len = write(isa, samples, &mut text)?;
        // SAFETY: all were there before.
        Some(text[..len].iter().map(|byte| unsafe { byte.assume_init() }).collect())
    }

    fn expected(samples: &[i32]) -> Vec<u8> {
        samples.iter().flat_map(|sample| format!("{sample},").into_bytes()).collect()
    }

    /// Noise of 1 to 16 bits, as many as the index says.
    fn noise(bits: usize) -> impl Iterator<Item = i32> {
        let mut state = 1_u64;
        std::iter::repeat_with(move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((state >> 32) as i32) >> (32 - bits)
        })
    }

    #[test]
    fn every_short_sample_is_written_at_every_place() {
        let all: Vec<i32> = (i16::MIN..=i16::MAX).map(i32::from).collect();
        let text = expected(&all);
        for (isa, skipped) in Isa::available().flat_map(|isa| (0..32).map(move |skipped| (isa, skipped))) {
            let found = written(isa, &all[skipped..]).unwrap();
            assert!(found == text[expected(&all[..skipped]).len()..], "{isa:?}, {skipped} skipped");
        }
    }

    #[test]
    fn every_length_is_written() {
        for bits in 1..=16 {
            let samples: Vec<i32> = noise(bits).take(300).collect();
            for (isa, len) in Isa::available().flat_map(|isa| (0..=300).map(move |len| (isa, len))) {
                assert_eq!(written(isa, &samples[..len]), Some(expected(&samples[..len])), "{isa:?}");
            }
        }
    }

    #[test]
    fn one_long_sample_is_found_at_every_place() {
        let (over, under) = (i32::from(i16::MAX) + 1, i32::from(i16::MIN) - 1);
        for isa in Isa::available() {
            for (place, long) in
                (0..100).flat_map(|place| [over, under, i32::MIN, 65_536].map(|long| (place, long)))
            {
                let mut samples = [7; 100];
                samples[place] = long;
                assert_eq!(written(isa, &samples), None, "{isa:?}: {long} at {place}");
            }
        }
    }
}
