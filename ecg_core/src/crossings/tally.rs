//! How often a bit is set in each lane, where lanes lie side by side.

use super::signs::WORD;
use crate::bits::spread::spread;
use crate::memory::{OutOfMemory, Room};

/// Counts the bits that are set for each lane: bit i of all words is the next one of lane i, or of i less some rows.
pub(crate) fn tally(words: &[u64], counts: &mut [u64]) -> Result<(), OutOfMemory> {
    let lanes = counts.len();
    let mut rows = Vec::with_room(WORD * lanes)?;
    rows.resize(WORD * lanes, 0);
    for words in words.chunks(lanes) {
        rows.fill(0); // the last words are fewer
        spread(words, &mut rows);
        let sums = summed(&mut rows, lanes).iter();
        counts.iter_mut().zip(sums).for_each(|(count, &sum)| *count += u64::from(sum));
    }
    Ok(())
}

/// The sum of 64 rows: one half of them is added to the other, for which the compiler has vectors.
fn summed(rows: &mut [u8], lanes: usize) -> &[u8] {
    let mut count = WORD;
    while count > 1 {
        count /= 2;
        let (sums, others) = rows[..2 * count * lanes].split_at_mut(count * lanes);
        sums.iter_mut().zip(others).for_each(|(sum, other)| *sum += *other);
    }
    &rows[..lanes]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_lane_has_its_own_count() {
        for lanes in [1, 2, 3, 12, 63, 64, 65, 200] {
            for count in [0, 1, 5, lanes, 3 * lanes + 1] {
                let words: Vec<_> =
                    (1..=count as u64).map(|word| word.wrapping_mul(0x9E37_79B9_7F4A_7C15)).collect();
                let mut expected = vec![7; lanes];
                for at in 0..WORD * count {
                    expected[at % lanes] += words[at / WORD] >> (at % WORD) & 1;
                }
                let mut counts = vec![7; lanes];
                tally(&words, &mut counts).unwrap();
                assert_eq!(counts, expected);
            }
        }
    }
}
