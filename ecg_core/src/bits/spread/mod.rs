//! From bits to bytes.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
mod neon;
mod portable;

pub(crate) use portable::{EACH, SPREAD};

use crate::isa::{Isa, dispatch};

/// Writes a byte, 0 or 1, for each bit of some words, the lowest first, as far as there is room.
pub(crate) fn spread(words: &[u64], bytes: &mut [u8]) {
    spread_by(Isa::current(), words, bytes);
}

fn spread_by(isa: Isa, words: &[u64], bytes: &mut [u8]) {
    let (whole, rest) = bytes.as_chunks_mut();
    dispatch!(isa, spread(words, whole));
    let last = words.get(whole.len()).map_or([[0; 8]; 8], |&word| portable::bytes(word));
    rest.iter_mut().zip(last.as_flattened()).for_each(|(to, from)| *to = *from);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_bit_gets_a_byte() {
        let words: Vec<_> = (0..5).map(|word| 0x9E37_79B9_7F4A_7C15_u64.rotate_left(11 * word)).collect();
        let expected: Vec<_> =
            (0..64 * words.len()).map(|at| (words[at / 64] >> (at % 64) & 1) as u8).collect();
        for isa in Isa::available() {
            for len in 0..=expected.len() {
                let mut bytes = vec![9; len];
                spread_by(isa, &words, &mut bytes);
                assert_eq!(bytes, expected[..len]);
            }
        }
    }
}
