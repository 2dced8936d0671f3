//! How the samples of one lead become bytes.

use std::ops::Range;

use bitpacking::{BitPacker, BitPacker4x};

use super::residuals::BLOCK;
use crate::memory::{OutOfMemory, Room};

/// Little-endian 32-bit samples.
pub(super) const RAW: u32 = 0;
/// Blocks of zigzag deltas, bit-packed: all widths, all first samples, all packed deltas. No longer written.
pub(super) const DELTAS: u32 = 1;
/// What [`super::patched`] reads and writes.
pub(super) const PATCHED: u32 = 2;
/// What [`super::runs`] reads and writes.
pub(super) const RUNS: u32 = 3;

/// The samples of a payload, or nothing if it is damaged.
pub(super) type Unpacked = Option<Result<Vec<i32>, OutOfMemory>>;

/// Appends samples as they are.
pub(super) fn write_raw(samples: &[i32], out: &mut Vec<u8>) -> Result<(), OutOfMemory> {
    out.make_room(size_of_val(samples))?;
    out.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    Ok(())
}

fn packed_len(width: u8) -> usize {
    BLOCK / 8 * usize::from(width)
}

/// Reads a range of raw samples, out of `count`.
pub(super) fn read_raw(payload: &[u8], count: usize, range: Range<usize>) -> Unpacked {
    let (samples, []) = payload.as_chunks() else { return None };
    let samples = (samples.len() == count).then(|| &samples[range])?;
    let Ok(mut unpacked) = Vec::with_room(samples.len()) else { return Some(Err(OutOfMemory)) };
    unpacked.extend(samples.iter().map(|bytes| i32::from_le_bytes(*bytes)));
    Some(Ok(unpacked))
}

/// Reads a range of packed samples, out of `count`, decoding only the blocks that it touches.
pub(super) fn read_deltas(payload: &[u8], count: usize, range: Range<usize>) -> Unpacked {
    let blocks = count.div_ceil(BLOCK);
    let (widths, rest) = payload.split_at_checked(blocks)?;
    let (firsts, packed) = rest.split_at_checked(4 * blocks)?;
    let length: usize = widths.iter().map(|&width| packed_len(width)).sum();
    if widths.iter().any(|&width| width > 32) || length != packed.len() {
        return None;
    }
    let touched = range.start / BLOCK..range.end.div_ceil(BLOCK).max(range.start / BLOCK);
    let mut at: usize = widths[..touched.start].iter().map(|&width| packed_len(width)).sum();
    let Ok(mut samples) = Vec::with_room(touched.len() * BLOCK) else { return Some(Err(OutOfMemory)) };
    let mut out = [0; BLOCK];
    for block in touched.clone() {
        at += BitPacker4x::new().decompress(&packed[at..], &mut out, widths[block]);
        let first = i32::from_le_bytes(firsts.as_chunks().0[block]);
        samples.extend_from_slice(&sums(&out, first));
    }
    samples.truncate(range.end - touched.start * BLOCK);
    samples.drain(..range.start - touched.start * BLOCK);
    Some(Ok(samples))
}

fn sums(deltas: &[u32; BLOCK], first: i32) -> [i32; BLOCK] {
    let mut samples = deltas.map(|zigzag| (zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed());
    let mut sample = first;
    for slot in &mut samples {
        sample = sample.wrapping_add(*slot);
        *slot = sample;
    }
    samples
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write_deltas(samples: &[i32]) -> Vec<u8> {
        let (mut widths, mut firsts, mut packed) = (vec![], vec![], vec![]);
        for block in samples.chunks(BLOCK) {
            let mut deltas = [0; BLOCK];
            for (delta, pair) in deltas[1..].iter_mut().zip(block.windows(2)) {
                let difference = pair[1].wrapping_sub(pair[0]);
                *delta = (difference << 1 ^ difference >> 31).cast_unsigned();
            }
            let width = BitPacker4x::new().num_bits(&deltas);
            let mut out = vec![0; packed_len(width)];
            BitPacker4x::new().compress(&deltas, &mut out, width);
            widths.push(width);
            firsts.extend(block[0].to_le_bytes());
            packed.extend(out);
        }
        [widths, firsts, packed].concat()
    }

    #[test]
    fn deltas_are_lossless_for_every_width() {
        for width in 0..=32 {
            let high = u32::MAX.checked_shr(32 - width).unwrap_or(0);
            let samples: Vec<i32> =
                (0..200).map(|i| if i % 2 == 0 { 0 } else { high.cast_signed() / 2 }).collect();
            assert_eq!(read_deltas(&write_deltas(&samples), 200, 0..200), Some(Ok(samples)));
        }
    }

    #[test]
    fn raw_samples_need_exactly_their_bytes() {
        let mut payload = Vec::new();
        write_raw(&[i32::MIN, 1, i32::MAX], &mut payload).unwrap();
        assert_eq!(read_raw(&payload, 3, 1..3), Some(Ok(vec![1, i32::MAX])));
        for count in [2, 4] {
            assert_eq!(read_raw(&payload, count, 0..count), None);
        }
    }
}
