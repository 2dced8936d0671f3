//! One bit per item, by a loop of which the compiler makes vector comparisons.

/// Bit i tells whether item i of up to 64 passes the test.
#[inline(always)]
#[expect(clippy::inline_always, reason = "a block that is a copy of other samples need not be made then")]
pub(crate) fn bits<T: Copy>(block: &[T], test: impl Fn(T) -> bool) -> u64 {
    let mut bytes = [0; 64];
    match <&[T; 64]>::try_from(block) {
        Ok(full) => mark(full, &mut bytes, test), // a known length is what the compiler vectorises
        Err(_) => mark(block, &mut bytes, test),
    }
    bytes.as_chunks().0.iter().rev().fold(0, |mask, eight| mask << 8 | gather(*eight))
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "the length is known only where it is inlined")]
fn mark<T: Copy>(items: &[T], marks: &mut [u8; 64], test: impl Fn(T) -> bool) {
    for (mark, &item) in marks.iter_mut().zip(items) {
        *mark = u8::from(test(item));
    }
}

/// Eight bytes of 0 or 1 as eight bits: the multiplication moves byte i to bit 56 + i.
fn gather(bytes: [u8; 8]) -> u64 {
    u64::from_le_bytes(bytes).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bit_is_set_where_the_test_passes() {
        for len in 0..=64_u32 {
            let items: Vec<u32> = (0..len).collect();
            let expected = (0..len).filter(|item| item % 3 == 1).fold(0, |mask, item| mask | 1_u64 << item);
            assert_eq!(bits(&items, |item| item % 3 == 1), expected);
        }
    }
}
