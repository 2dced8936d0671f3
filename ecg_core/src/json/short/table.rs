//! The text of each short sample.

use std::mem::MaybeUninit;

/// Writes a short sample and a comma, and returns the length. Eight bytes are stored.
pub(in super::super) fn write_one(sample: i32, out: &mut [MaybeUninit<u8>]) -> usize {
    let text = SHORT[low(sample)].to_le_bytes();
    out[..8].copy_from_slice(&text.map(MaybeUninit::new));
    usize::from(text[7] >> LEN_SHIFT)
}

fn low(sample: i32) -> usize {
    let [low, high, ..] = sample.to_le_bytes();
    u16::from_le_bytes([low, high]).into()
}

/// The length of a text is in the three highest bits, so that the compiler knows that it is at most seven.
const LEN_SHIFT: u32 = 5;

/// The text of each number of 16 bits with a comma, by its bits: no arithmetic, and no branch on signs and
/// lengths, which are hard to predict. An ECG uses few of them, which stay in the cache.
static SHORT: [u64; 1 << 16] = {
    let (mut texts, mut number) = ([0; 1 << 16], 0);
    while number < texts.len() {
        texts[number] = element(number);
        number += 1;
    }
    texts
};

const fn element(bits: usize) -> u64 {
    let is_negative = bits > i16::MAX as usize;
    let mut number = if is_negative { (1 << 16) - bits as u64 } else { bits as u64 };
    let (mut text, mut len) = (b',' as u64, 1);
    while len == 1 || number > 0 {
        text = (text << 8) | (b'0' as u64 + number % 10);
        len += 1;
        number /= 10;
    }
    if is_negative {
        text = (text << 8) | b'-' as u64;
        len += 1;
    }
    text | (len << (56 + LEN_SHIFT))
}
