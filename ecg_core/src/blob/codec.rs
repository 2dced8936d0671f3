//! How the samples of one lead become bytes.

use std::ops::Range;

use bitpacking::{BitPacker, BitPacker4x};

use crate::isa::vectorised;

/// Little-endian 32-bit samples.
pub(super) const RAW: u32 = 0;
/// Blocks of zigzag deltas, bit-packed: all widths, all first samples, all packed deltas.
pub(super) const DELTAS: u32 = 1;

const BLOCK: usize = BitPacker4x::BLOCK_LEN;
/// Samples of a block that are looked at first.
const START: usize = 8;
/// The width and the first sample of a block.
const FIXED: usize = 1 + 4;

/// Aligned, so that no register is stored across two cache lines.
#[repr(align(64))]
struct Deltas([u32; BLOCK]);

/// Packs samples as [`DELTAS`] behind what is in `out`.
pub(super) fn write_deltas(samples: &[i32], out: &mut Vec<u8>) {
    let packer = BitPacker4x::new();
    let blocks = samples.len().div_ceil(BLOCK);
    let start = out.len();
    out.resize(start + blocks * FIXED, 0);
    let (full, rest) = samples.as_chunks();
    let last = (!rest.is_empty()).then(|| filled(rest));
    let mut room = Deltas([0; BLOCK]);
    for (index, block) in full.iter().chain(&last).enumerate() {
        let width = (32 - deltas(block, &mut room.0).leading_zeros()).to_le_bytes()[0];
        out[start + index] = width;
        let first = start + blocks + 4 * index;
        out[first..first + 4].copy_from_slice(&block[0].to_le_bytes());
        let at = out.len();
        out.resize(at + packed_len(width), 0);
        packer.compress(&room.0, &mut out[at..], width);
    }
}

/// Appends samples as they are.
pub(super) fn write_raw(samples: &[i32], out: &mut Vec<u8>) {
    out.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
}

fn packed_len(width: u8) -> usize {
    BLOCK / 8 * usize::from(width)
}

vectorised! {
    fn deltas(block: &[i32; BLOCK], deltas: &mut [u32; BLOCK]) -> u32 = write_zigzag
}

/// Writes the differences to the sample before as zigzag, so that small ones of either sign are small,
/// and returns all their bits together. Wrapping loses nothing.
#[inline(always)]
#[expect(clippy::inline_always, reason = "vectorised for its callers")]
fn write_zigzag(block: &[i32; BLOCK], deltas: &mut [u32; BLOCK]) -> u32 {
    // on its own, so that the others lie as registers are stored and loaded
    let first: [u32; START] =
        std::array::from_fn(|index| zigzag(block[index.saturating_sub(1)], block[index]));
    deltas[..START].copy_from_slice(&first);
    let mut bits = first.iter().fold(0, |bits, delta| bits | delta);
    for (delta, pair) in deltas[START..].iter_mut().zip(block[START - 1..].windows(2)) {
        *delta = zigzag(pair[0], pair[1]);
        bits |= *delta;
    }
    bits
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "vectorised for its callers")]
fn zigzag(before: i32, sample: i32) -> u32 {
    let difference = sample.wrapping_sub(before);
    (difference << 1 ^ difference >> 31).cast_unsigned()
}

/// A block whose last sample fills what is missing: that takes no bits.
fn filled(samples: &[i32]) -> [i32; BLOCK] {
    let mut block = [samples[samples.len() - 1]; BLOCK];
    block[..samples.len()].copy_from_slice(samples);
    block
}

/// Reads a range of raw samples, out of `count`.
pub(super) fn read_raw(payload: &[u8], count: usize, range: Range<usize>) -> Option<Vec<i32>> {
    let (samples, []) = payload.as_chunks() else { return None };
    let samples = (samples.len() == count).then(|| &samples[range])?;
    Some(samples.iter().map(|bytes| i32::from_le_bytes(*bytes)).collect())
}

/// Reads a range of packed samples, out of `count`, decoding only the blocks that it touches.
pub(super) fn read_deltas(payload: &[u8], count: usize, range: Range<usize>) -> Option<Vec<i32>> {
    let blocks = count.div_ceil(BLOCK);
    let (widths, rest) = payload.split_at_checked(blocks)?;
    let (firsts, packed) = rest.split_at_checked(4 * blocks)?;
    let length: usize = widths.iter().map(|&width| packed_len(width)).sum();
    if widths.iter().any(|&width| width > 32) || length != packed.len() {
        return None;
    }
    let touched = range.start / BLOCK..range.end.div_ceil(BLOCK).max(range.start / BLOCK);
    let mut at: usize = widths[..touched.start].iter().map(|&width| packed_len(width)).sum();
    let mut samples = Vec::with_capacity(touched.len() * BLOCK);
    let mut room = [0; BLOCK];
    for block in touched.clone() {
        at += BitPacker4x::new().decompress(&packed[at..], &mut room, widths[block]);
        let first = i32::from_le_bytes(firsts.as_chunks().0[block]);
        samples.extend_from_slice(&sums(&room, first));
    }
    samples.truncate(range.end - touched.start * BLOCK);
    samples.drain(..range.start - touched.start * BLOCK);
    Some(samples)
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

    #[test]
    fn deltas_are_lossless_for_every_width() {
        for width in 0..=32 {
            let high = u32::MAX.checked_shr(32 - width).unwrap_or(0);
            let samples: Vec<i32> =
                (0..200).map(|i| if i % 2 == 0 { 0 } else { high.cast_signed() / 2 }).collect();
            let mut packed = vec![9; 3];
            write_deltas(&samples, &mut packed);
            assert_eq!(read_deltas(&packed[3..], 200, 0..200), Some(samples));
        }
    }

    #[test]
    fn raw_samples_need_exactly_their_bytes() {
        let mut payload = Vec::new();
        write_raw(&[i32::MIN, 1, i32::MAX], &mut payload);
        assert_eq!(read_raw(&payload, 3, 1..3), Some(vec![1, i32::MAX]));
        for count in [2, 4] {
            assert_eq!(read_raw(&payload, count, 0..count), None);
        }
    }
}
