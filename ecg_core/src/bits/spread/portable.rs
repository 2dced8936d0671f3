//! A table for eight bits at a time.

/// 1 in each byte.
pub(crate) const EACH: u64 = 0x0101_0101_0101_0101;

/// A byte, 0 or 1, for each bit of an index, the lowest first.
pub(crate) static SPREAD: [[u8; 8]; 256] = {
    let mut table = [[0; 8]; 256];
    let mut place = 0;
    while place < 8 * table.len() {
        let (bits, bit) = (place / 8, place % 8);
        if bits >> bit & 1 == 1 {
            table[bits][bit] = 1;
        }
        place += 1;
    }
    table
};

pub(super) fn spread(words: &[u64], bytes: &mut [[u8; 64]]) {
    for (to, &word) in bytes.iter_mut().zip(words) {
        to.as_chunks_mut().0.copy_from_slice(&self::bytes(word));
    }
}

pub(super) fn bytes(word: u64) -> [[u8; 8]; 8] {
    word.to_le_bytes().map(|bits| SPREAD[usize::from(bits)])
}
