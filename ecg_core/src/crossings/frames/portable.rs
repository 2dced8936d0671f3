//! Loops that the compiler vectorises for the instructions of their callers.

/// Writes for frames that begin at each sample how many crossings there were, of which a rank each is in the word.
#[inline(always)]
#[expect(clippy::inline_always, reason = "for the instructions of the caller")]
pub(super) fn begin(slots: &mut [u64], ranks: &[u8], seen: u64) {
    for (slot, &rank) in slots.iter_mut().zip(ranks) {
        *slot = seen + u64::from(rank);
    }
}

/// Writes the counts of frames that end at each sample, and have a sign.
#[inline(always)]
#[expect(clippy::inline_always, reason = "for the instructions of the caller")]
pub(super) fn end(slots: &mut [u64], ranks: &[u8], seen: u64) {
    for (slot, &rank) in slots.iter_mut().zip(ranks) {
        *slot = counted(seen + u64::from(rank), *slot);
    }
}

/// The crossings behind those before the first sign, which may come one crossing behind the last sample.
pub(super) fn counted(seen: u64, before: u64) -> u64 {
    let count = seen.wrapping_sub(before);
    count.wrapping_add(count >> 63)
}
