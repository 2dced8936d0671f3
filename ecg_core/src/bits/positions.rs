//! Where bits that are set lie in an array.

use super::places::places;

/// Words whose places are found at once.
const WORDS: usize = 16;
/// Bits of a word.
const WORD: usize = 64;

/// Writes a row for each bit that is set: its index along every axis of an array in the order of C, of which each item
/// has a bit.
pub(crate) fn positions(words: &[u64], shape: &[usize], rows: &mut [u64]) {
    let [_, inner @ ..] = shape else { return };
    if inner.is_empty() {
        return places(words, 0, rows);
    }
    let (mut room, mut from) = ([0; WORDS * WORD], 0);
    let mut axes: Vec<_> = inner.iter().map(|&len| Axis { len: len as u64, index: 0, start: 0 }).collect();
    let mut rows = rows.chunks_exact_mut(shape.len());
    for words in words.chunks(WORDS) {
        let set: u32 = words.iter().map(|word| word.count_ones()).sum();
        let found = &mut room[..set as usize];
        places(words, from, found);
        from += (words.len() * WORD) as u64;
        for (&mut place, row) in found.iter_mut().zip(&mut rows) {
            let (outer, inner) = row.split_at_mut(1);
            let along = inner.iter_mut().zip(&mut axes).rev();
            outer[0] = along.fold(place, |place, (at, axis)| axis.split(place, at));
        }
    }
}

/// An axis along which places ascend.
struct Axis {
    len: u64,
    /// The one of the rows along it that was reached.
    index: u64,
    /// The place where that begins.
    start: u64,
}

impl Axis {
    /// Writes the index of a place along this axis, and returns that of its row.
    fn split(&mut self, place: u64, at: &mut u64) -> u64 {
        if place - self.start >= self.len {
            let rows = (place - self.start) / self.len; // a division, which takes long, for new rows only
            (self.index, self.start) = (self.index + rows, self.start + rows * self.len);
        }
        *at = place - self.start;
        self.index
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_an_index_for_each_axis() {
        let words: Vec<_> =
            (1..=90_u64).map(|word| word.wrapping_mul(0x9E37_79B9_7F4A_7C15) & word << 40).collect();
        for shape in [vec![5760], vec![480, 12], vec![8, 1, 720], vec![9, 8, 16, 5]] {
            let mut expected = Vec::new();
            for mut place in (0..5760).filter(|place| words[place / 64] >> (place % 64) & 1 == 1) {
                let mut row = vec![0; shape.len()];
                for (at, len) in row.iter_mut().zip(&shape).rev() {
                    (*at, place) = ((place % len) as u64, place / len);
                }
                expected.extend(row);
            }
            let mut rows = vec![0; expected.len()];
            positions(&words, &shape, &mut rows);
            assert_eq!(rows, expected);
        }
    }
}
