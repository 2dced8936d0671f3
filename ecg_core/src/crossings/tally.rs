//! How often a bit is set in each lane, where lanes lie side by side or follow each other.

use super::signs::WORD;
use crate::bits::spread::spread;
use crate::memory::{OutOfMemory, Room};

/// Counts for each lane the bits that are set in as many rows: bit i of all words is the next one of lane i, or of i less
/// some rows.
pub(crate) fn tally(words: &[u64], rows: usize, counts: &mut [u64]) -> Result<(), OutOfMemory> {
    let lanes = counts.len();
    let mut bytes = Vec::with_room(WORD.min(rows) * lanes)?;
    bytes.resize(WORD.min(rows) * lanes, 0);
    for (words, from) in words.chunks(lanes).zip((0..rows).step_by(WORD)) {
        let bytes = &mut bytes[..WORD.min(rows - from) * lanes];
        spread(words, bytes);
        let sums = summed(bytes, lanes).iter();
        counts.iter_mut().zip(sums).for_each(|(count, &sum)| *count += u64::from(sum));
    }
    Ok(())
}

/// Counts for each lane the bits that are set in it but its first, which is after no crossing: lanes of as many bits, at
/// least one, follow each other.
pub(crate) fn tally_each(words: &[u64], len: usize, counts: &mut [u64]) -> Result<(), OutOfMemory> {
    if len == 1 {
        return Ok(());
    }
    let mut bytes = Vec::with_room(WORD * len)?;
    bytes.resize(WORD * len, 0);
    for (words, counts) in words.chunks(len).zip(counts.chunks_mut(WORD)) {
        let bytes = &mut bytes[..counts.len() * len];
        spread(words, bytes);
        match len {
            2 => add_each(bytes.as_chunks::<2>().0, counts), // of a length that is known the compiler makes vectors
            _ => add_each(bytes.chunks_exact(len), counts),
        }
    }
    Ok(())
}

fn add_each(lanes: impl IntoIterator<Item: AsRef<[u8]>>, counts: &mut [u64]) {
    for (count, lane) in counts.iter_mut().zip(lanes) {
        *count += lane.as_ref()[1..].iter().map(|&bit| u64::from(bit)).sum::<u64>();
    }
}

/// The sum of up to 64 rows: one half of them is added to the other, for which the compiler has vectors.
fn summed(rows: &mut [u8], lanes: usize) -> &[u8] {
    let mut count = rows.len() / lanes;
    while count > 1 {
        let half = count.div_ceil(2);
        let (sums, others) = rows[..count * lanes].split_at_mut(half * lanes);
        sums.iter_mut().zip(others).for_each(|(sum, other)| *sum += *other);
        count = half;
    }
    &rows[..lanes]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_lane_that_follows_another_has_its_own_count() {
        for len in 1..=9_usize {
            for lanes in [0, 1, 2, 31, 63, 64, 65, 200] {
                let count = (lanes * len).div_ceil(WORD) as u64;
                let words: Vec<_> =
                    (1..=count).map(|word: u64| word.wrapping_mul(0x9E37_79B9_7F4A_7C15)).collect();
                let mut expected = vec![7; lanes];
                for at in (0..lanes * len).filter(|at| at % len > 0) {
                    expected[at / len] += words[at / WORD] >> (at % WORD) & 1;
                }
                let mut counts = vec![7; lanes];
                tally_each(&words, len, &mut counts).unwrap();
                assert_eq!(counts, expected);
            }
        }
    }

    #[test]
    fn each_lane_has_its_own_count() {
        for lanes in [1_usize, 2, 3, 12, 63, 64, 65, 200] {
            for rows in [0_usize, 1, 2, 3, 7, 63, 64, 65, 129, 200] {
                let count = (rows * lanes).div_ceil(WORD) as u64;
                let words: Vec<_> =
                    (1..=count).map(|word: u64| word.wrapping_mul(0x9E37_79B9_7F4A_7C15)).collect();
                let mut expected = vec![7; lanes];
                for at in 0..rows * lanes {
                    expected[at % lanes] += words[at / WORD] >> (at % WORD) & 1;
                }
                let mut counts = vec![7; lanes];
                tally(&words, rows, &mut counts).unwrap();
                assert_eq!(counts, expected);
            }
        }
    }
}
