//! Integers as JSON.

use crate::memory::{OutOfMemory, Room};

const CHUNK: usize = 64;
/// "-2147483648," and the seven bytes that a store of eight digits may write too many.
const LONGEST: usize = 12 + 7;

/// Writes samples as a JSON array without space.
///
/// ```
/// assert_eq!(ecg_core::json::to_json(&[12, -3, 0])?, b"[12,-3,0]");
/// # Ok::<(), ecg_core::OutOfMemory>(())
/// ```
///
/// # Errors
/// [`OutOfMemory`] if there is no memory for the text.
pub fn to_json(samples: &[i32]) -> Result<Vec<u8>, OutOfMemory> {
    let mut json = Vec::with_room(2 + samples.len() * 6)?;
    json.push(b'[');
    let mut text = [0; CHUNK * LONGEST];
    for chunk in samples.chunks(CHUNK) {
        let len = write_all(chunk, &mut text);
        json.add_all(&text[..len])?;
    }
    if !samples.is_empty() {
        json.pop(); // the last comma
    }
    json.push(b']');
    Ok(json)
}

/// Appends a number without leading zeros.
pub(super) fn append(number: usize, text: &mut Vec<u8>) -> Result<(), OutOfMemory> {
    text.make_room(LONGEST + 1)?; // of 64 bits
    match u32::try_from(number) {
        Ok(number) => {
            let start = text.len();
            text.resize(start + LONGEST, 0);
            let len = write_digits(number, &mut text[start..]);
            text.truncate(start + len);
        }
        Err(_) => text.extend(number.to_string().bytes()),
    }
    Ok(())
}

/// Writes each sample and a comma, and returns the length.
fn write_all(samples: &[i32], out: &mut [u8]) -> usize {
    let mut at = 0;
    for &sample in samples {
        let negative = sample < 0;
        match FEW.get(sample.unsigned_abs() as usize) {
            // without a branch: signs of an ECG are hard to predict
            Some(element) => {
                let text = (element << (8 * u64::from(negative))) | (u64::from(negative) * u64::from(b'-'));
                out[at..at + 8].copy_from_slice(&text.to_le_bytes());
                at += usize::from(negative) + usize::from(element.to_le_bytes()[7]);
            }
            None => at += write_large(sample, &mut out[at..]),
        }
    }
    at
}

/// The text of each number below 10^4 with a comma, and, in the highest byte, its length: nearly all samples
/// of real leads are among them.
static FEW: [u64; 10_000] = {
    let (mut texts, mut number) = ([0; 10_000], 0);
    while number < texts.len() {
        texts[number] = element(number as u64);
        number += 1;
    }
    texts
};

const fn element(mut number: u64) -> u64 {
    let (mut text, mut len) = (b',' as u64, 1);
    loop {
        text = (text << 8) | (b'0' as u64 + number % 10);
        len += 1;
        number /= 10;
        if number == 0 {
            return text | (len << 56);
        }
    }
}

/// Writes a sample of five digits or more and a comma, and returns the length.
fn write_large(sample: i32, out: &mut [u8]) -> usize {
    out[0] = b'-';
    let sign = usize::from(sample < 0);
    let end = sign + write_digits(sample.unsigned_abs(), &mut out[sign..]);
    out[end] = b',';
    end + 1
}

fn write_digits(value: u32, out: &mut [u8]) -> usize {
    const EIGHT: u32 = 100_000_000;
    if value < EIGHT {
        return write_eight(value, out);
    }
    let high = write_eight(value / EIGHT, out);
    out[high..high + 8].copy_from_slice(&ascii(eight_digits(value % EIGHT)));
    high + 8
}

/// Writes a value below 10^8 without leading zeros.
fn write_eight(value: u32, out: &mut [u8]) -> usize {
    let digits = eight_digits(value);
    let zeros = (digits | 1 << 56).trailing_zeros() / 8;
    out[..8].copy_from_slice(&ascii(digits >> (8 * zeros)));
    8 - zeros as usize
}

fn ascii(digits: u64) -> [u8; 8] {
    (digits | 0x3030_3030_3030_3030).to_le_bytes()
}

/// Eight digits, the most significant in the lowest byte: fours are split into pairs, then into digits,
/// all at once, with multiplications by 2^20 / 100 and 2^10 / 10 in the place of divisions.
fn eight_digits(value: u32) -> u64 {
    let fours = u64::from(value / 10_000) | u64::from(value % 10_000) << 32;
    let hundreds = ((fours * 10_486) >> 20) & 0x0000_007F_0000_007F;
    let pairs = hundreds | (fours - hundreds * 100) << 16;
    let tens = ((pairs * 103) >> 10) & 0x000F_000F_000F_000F;
    tens | (pairs - tens * 10) << 8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expected(samples: &[i32]) -> String {
        let numbers: Vec<String> = samples.iter().map(ToString::to_string).collect();
        format!("[{}]", numbers.join(","))
    }

    #[test]
    fn every_length_is_written() {
        let mut samples = vec![0, i32::MIN, i32::MAX];
        for power in 0..10 {
            let ten = 10_i32.pow(power);
            samples.extend([ten - 1, ten, ten + 1, -ten]);
        }
        for len in 0..samples.len() {
            assert_eq!(to_json(&samples[..len]).unwrap(), expected(&samples[..len]).into_bytes());
        }
        assert_eq!(to_json(&samples.repeat(9)).unwrap(), expected(&samples.repeat(9)).into_bytes());
    }

    #[test]
    fn every_small_integer_is_written() {
        let samples: Vec<i32> = (-100_000..100_000).collect();
        assert_eq!(to_json(&samples).unwrap(), expected(&samples).into_bytes());
    }
}
