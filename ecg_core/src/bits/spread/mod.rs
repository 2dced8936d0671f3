//! From bits to bytes.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_bit_gets_a_byte() {
        for (bits, bytes) in SPREAD.iter().enumerate() {
            for (place, &byte) in bytes.iter().enumerate() {
                assert_eq!(usize::from(byte), bits >> place & 1);
            }
        }
    }
}
