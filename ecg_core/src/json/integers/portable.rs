//! One element after the other, from comma to comma.

use super::digits::{ZEROS, decimal, signed};
use super::window::{MOST, WINDOW};
use crate::bits::portable::bits;

pub(super) fn read_plain(text: &[u8], mut at: usize, integers: &mut Vec<i32>) -> usize {
    while integers.capacity() - integers.len() >= MOST
        && let Some(window) = text.get(at..at + WINDOW)
    {
        let start = at;
        let mut commas = bits(window, |byte| byte == b',');
        while commas != 0 {
            let comma = start + commas.trailing_zeros() as usize;
            let Some(integer) = element(text, at, comma) else { return at };
            integers.push(integer);
            at = comma + 1;
            commas &= commas - 1;
        }
        if at == start {
            break;
        }
    }
    at
}

/// The plain integer that fills a stretch, after space.
fn element(text: &[u8], mut start: usize, end: usize) -> Option<i32> {
    while let b' ' | b'\n' | b'\r' | b'\t' = text[start] {
        start += 1;
    }
    let negative = text[start] == b'-';
    let len = (end - start).wrapping_sub(usize::from(negative));
    if !(1..=8).contains(&len) {
        return None;
    }
    let unused = 64 - 8 * len;
    let digits = (u64::from_le_bytes(*text[..end].last_chunk()?) ^ ZEROS) & u64::MAX << unused;
    let leading_zero = len > 1 && (digits >> unused).trailing_zeros() >= 8;
    (all_digits(digits) && !leading_zero).then(|| signed(decimal(digits), negative))
}

/// Whether each byte is at most 9.
fn all_digits(bytes: u64) -> bool {
    (bytes | bytes.wrapping_add(0x7676_7676_7676_7676)) & 0x8080_8080_8080_8080 == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alone(token: &str) -> Option<i32> {
        let text = format!("--------{token},");
        element(text.as_bytes(), 8, text.len() - 1)
    }

    #[test]
    fn plain_integers_are_read() {
        for value in [0, 7, -7, 10, 99, -100, 12_345, -9_876_543, 99_999_999, -99_999_999] {
            assert_eq!(alone(&value.to_string()), Some(value));
            assert_eq!(alone(&format!(" \n{value}")), Some(value));
        }
        assert_eq!(alone("-0"), Some(0));
    }

    #[test]
    fn everything_else_is_left_to_the_grammar() {
        for other in [
            "",
            "-",
            " ",
            "01",
            "-01",
            "00",
            "+1",
            "1.0",
            "1e3",
            "1 ",
            "--1",
            "123456789",
            "1]",
            "\"1\"",
            "1\u{e9}",
        ] {
            assert_eq!(alone(other), None, "{other}");
        }
    }

    #[test]
    fn every_byte_but_a_digit_is_refused_at_every_place() {
        for place in 0..8 {
            for byte in 0..=255_u8 {
                let mut text = *b"--------11111111,";
                text[8 + place] = byte;
                let plain = byte.is_ascii_digit() && (byte != b'0' || place > 0);
                let lead = place == 0 && matches!(byte, b'-' | b' ' | b'\n' | b'\r' | b'\t');
                assert_eq!(element(&text, 8, 16).is_some(), plain || lead, "{byte} at {place}");
            }
        }
    }

    #[test]
    fn reading_stops_where_the_array_ends() {
        let text = format!("[{}7],\"next\":[{}", "12,".repeat(100), "5,".repeat(100));
        let mut integers = Vec::with_capacity(300);
        assert_eq!(read_plain(text.as_bytes(), 7, &mut integers), 301);
        assert_eq!(integers, [12; 98]);
    }
}
