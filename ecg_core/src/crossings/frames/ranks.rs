//! How many crossings there are up to each sample of a word.

use crate::bits::spread::{EACH, SPREAD};
use crate::crossings::rule::runs;
use crate::crossings::signs::WORD;
use crate::crossings::word::Word;

/// For each bit how many are set up to it.
pub(super) fn ranks(bits: u64) -> [u8; WORD] {
    let (mut ranks, mut before) = ([0; WORD], 0);
    for (eight, bits) in ranks.as_chunks_mut().0.iter_mut().zip(bits.to_le_bytes()) {
        let sums = u64::from_le_bytes(SPREAD[usize::from(bits)]).wrapping_mul(EACH) + before * EACH;
        (*eight, before) = (sums.to_le_bytes(), sums >> 56);
    }
    ranks
}

/// How many crossings there are up to the first of some samples.
pub(super) fn rank(ranks: &[u8; WORD], samples: u64) -> u64 {
    ranks[samples.trailing_zeros() as usize % WORD].into()
}

/// Each crossing, at the first of the samples without a sign that lead to it.
pub(super) fn before_signs(word: Word) -> u64 {
    let (without, crossed) = (!word.signed, word.crossed);
    let before = runs(without.reverse_bits(), crossed.reverse_bits() << 1).reverse_bits();
    (crossed | before) & !(before << 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_counts_of_bits() {
        for bits in [0, 1, u64::MAX, 0x8000_0000_0000_0001, 0x0123_4567_89AB_CDEF] {
            for (place, rank) in ranks(bits).into_iter().enumerate() {
                assert_eq!(u32::from(rank), (bits << (63 - place)).count_ones());
            }
        }
    }

    #[test]
    fn crossings_move_to_the_samples_without_a_sign_before_them() {
        for (signed, crossed, moved) in [
            (0b1111, 0b0110, 0b0110),
            (0b1001, 0b1000, 0b0010),
            (0b1000, 0b1000, 0b0001),
            (0b1011, 0b1010, 0b0110),
            (0b0001, 0b0000, 0b0000),
        ] {
            let word = Word { crossed, signed, filled: 0b1111, ..Word::default() };
            assert_eq!(before_signs(word), moved);
        }
        let (crossed, filled) = (1 << 63, u64::MAX);
        assert_eq!(before_signs(Word { crossed, signed: crossed, filled, ..Word::default() }), 1);
    }
}
