//! From bits to places.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
mod neon;
mod portable;

use crate::isa::{Isa, dispatch};

/// Writes the place of each bit of some words that is set, the first of which has the place `from`, as far as there is
/// room.
pub(crate) fn places(words: &[u64], from: u64, to: &mut [u64]) {
    places_by(Isa::current(), words, from, to);
}

fn places_by(isa: Isa, words: &[u64], from: u64, to: &mut [u64]) {
    dispatch!(isa, places(words, from, to));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_bit_that_is_set_has_its_place() {
        let dense = (0..9).map(|word| 0x9E37_79B9_7F4A_7C15_u64.rotate_left(11 * word));
        let words: Vec<_> = dense.chain([0, u64::MAX, 0, 1, 1 << 63, u64::MAX]).collect();
        let set = |&place: &usize| words[place / 64] >> (place % 64) & 1 == 1;
        let expected: Vec<_> = (0..64 * words.len()).filter(set).map(|place| place as u64 + 1000).collect();
        for isa in Isa::available() {
            for len in 0..=expected.len() {
                let mut found = vec![7; len];
                places_by(isa, &words, 1000, &mut found);
                assert_eq!(found, expected[..len]);
            }
        }
    }
}
