//! Integers as JSON.

use std::mem::MaybeUninit;
use std::slice;

use super::short;
use crate::isa::Isa;
use crate::memory::{OutOfMemory, Room};
use crate::text::Text;

const CHUNK: usize = 128;
/// "-2147483648," and the seven bytes that a store of eight digits may write too many.
const LONGEST: usize = 12 + 7;
/// What a chunk may take.
const ROOM: usize = CHUNK * LONGEST;
const _: () = assert!(ROOM >= CHUNK * 7 + short::SLACK);

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
    write(samples, &mut json)?;
    Ok(json)
}

/// Appends what [`to_json`] returns.
pub(crate) fn write(samples: &[i32], text: &mut impl Text) -> Result<(), OutOfMemory> {
    let (isa, chunks) = (Isa::current(), samples.chunks(CHUNK));
    let last = chunks.len().wrapping_sub(1);
    text.add(if samples.is_empty() { b"[]" } else { b"[" })?;
    for (index, chunk) in chunks.enumerate() {
        let end = if index == last { b']' } else { b',' };
        add(text, |out| write_chunk(isa, chunk, end, out))?;
    }
    Ok(())
}

/// Appends the bytes that `write` writes, as many as it returns: in their place if there is room for the longest.
#[expect(unsafe_code, reason = "the memory was not filled before")]
fn add(text: &mut impl Text, write: impl Fn(&mut [MaybeUninit<u8>]) -> usize) -> Result<(), OutOfMemory> {
    if let Some(place) = text.unfilled().get_mut(..ROOM) {
        let len = write(place);
        // SAFETY: `write` has written so many.
        unsafe { text.filled(len) };
        return Ok(());
    }
    let mut place = [MaybeUninit::uninit(); ROOM];
    let len = write(&mut place);
    // SAFETY: `write` has written so many.
    text.add(unsafe { slice::from_raw_parts(place[..len].as_ptr().cast(), len) })
}

/// Appends a number without leading zeros.
pub(super) fn append(number: usize, text: &mut Vec<u8>) -> Result<(), OutOfMemory> {
    match u32::try_from(number) {
        Ok(number) => add(text, |out| write_digits(number, out)),
        Err(_) => text.add_all(number.to_string().as_bytes()),
    }
}

/// Writes the samples and a comma behind each, behind the last one `end`, and returns the length.
fn write_chunk(isa: Isa, samples: &[i32], end: u8, out: &mut [MaybeUninit<u8>]) -> usize {
    let len = write_all(isa, samples, out);
    out[len - 1].write(end);
    len
}

/// Writes each sample and a comma, and returns the length.
fn write_all(isa: Isa, samples: &[i32], out: &mut [MaybeUninit<u8>]) -> usize {
    match short::write(isa, samples, out) {
        Some(len) => len,
        None => samples.iter().fold(0, |at, &sample| at + write_one(sample, &mut out[at..])),
    }
}

fn write_one(sample: i32, out: &mut [MaybeUninit<u8>]) -> usize {
    match i16::try_from(sample) {
        Ok(_) => short::write_one(sample, out),
        Err(_) => write_large(sample, out),
    }
}

/// Writes a sample of more than 16 bits and a comma, and returns the length.
fn write_large(sample: i32, out: &mut [MaybeUninit<u8>]) -> usize {
    out[0].write(b'-');
    let sign = usize::from(sample < 0);
    let end = sign + write_digits(sample.unsigned_abs(), &mut out[sign..]);
    out[end].write(b',');
    end + 1
}

fn write_digits(value: u32, out: &mut [MaybeUninit<u8>]) -> usize {
    const EIGHT: u32 = 100_000_000;
    if value < EIGHT {
        return write_eight(value, out);
    }
    let high = write_eight(value / EIGHT, out);
    out[high..high + 8].copy_from_slice(&ascii(eight_digits(value % EIGHT)));
    high + 8
}

/// Writes a value below 10^8 without leading zeros.
fn write_eight(value: u32, out: &mut [MaybeUninit<u8>]) -> usize {
    let digits = eight_digits(value);
    let zeros = (digits | 1 << 56).trailing_zeros() / 8;
    out[..8].copy_from_slice(&ascii(digits >> (8 * zeros)));
    8 - zeros as usize
}

fn ascii(digits: u64) -> [MaybeUninit<u8>; 8] {
    (digits | 0x3030_3030_3030_3030).to_le_bytes().map(MaybeUninit::new)
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
        for long in [i16::MAX.into(), i32::from(i16::MAX) + 1, i16::MIN.into(), i32::from(i16::MIN) - 1] {
            let samples = vec![long; 3 * CHUNK + 1];
            assert_eq!(to_json(&samples).unwrap(), expected(&samples).into_bytes());
        }
    }

    #[test]
    fn every_small_integer_is_written() {
        let samples: Vec<i32> = (-100_000..100_000).collect();
        assert_eq!(to_json(&samples).unwrap(), expected(&samples).into_bytes());
    }
}
