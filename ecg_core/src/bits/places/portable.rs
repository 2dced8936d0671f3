//! A table for eight bits at a time.

/// The places of the bits that are set in an index, from the lowest on.
static PLACES: [[u8; 8]; 256] = {
    let mut table = [[0; 8]; 256];
    let mut place = 0;
    while place < 8 * table.len() {
        let (bits, bit) = (place / 8, place % 8);
        if bits >> bit & 1 == 1 {
            table[bits][(bits & ((1 << bit) - 1)).count_ones() as usize] = bit.to_le_bytes()[0];
        }
        place += 1;
    }
    table
};

/// Writes the places word by word, as far as there is room.
#[inline(always)]
#[expect(clippy::inline_always, reason = "for the instructions of the caller")]
pub(super) fn places(words: &[u64], from: u64, mut to: &mut [u64]) {
    for (&word, from) in words.iter().zip((from..).step_by(64)) {
        let set = to.len().min(word.count_ones() as usize);
        match to.first_chunk_mut() {
            Some(room) if set > FEW => by_eights(word, from, room),
            _ => one_by_one(word, from, &mut to[..set]),
        }
        to = &mut to[set..];
    }
}

/// So many bits are faster one by one.
const FEW: usize = 6;

/// Writes eight places for eight bits, of which those behind the last that is set are overwritten by the next.
#[inline(always)]
#[expect(clippy::inline_always, reason = "for the instructions of the caller")]
fn by_eights(word: u64, from: u64, room: &mut [u64; 64]) {
    let mut at = 0;
    for (bits, from) in word.to_le_bytes().into_iter().zip((from..).step_by(8)) {
        let places = PLACES[usize::from(bits)].map(|place| from + u64::from(place));
        room[at..at + 8].copy_from_slice(&places);
        at += bits.count_ones() as usize;
    }
}

fn one_by_one(mut word: u64, from: u64, to: &mut [u64]) {
    for to in to {
        *to = from + u64::from(word.trailing_zeros());
        word &= word - 1;
    }
}
