//! Codec 2: residuals of order 0, 1 or 2 in blocks, bit-packed, with patches for the few large ones.

use std::ops::Range;

use bitpacking::{BitPacker, BitPacker4x};

use super::codec::Unpacked;
use super::head::Head;
use super::residuals::{BLOCK, Residuals, join, split};
use crate::isa::Isa;
use crate::memory::{OutOfMemory, Room};

/// Bytes of the largest body.
const BODY: usize = 4 + 4 * Head::PATCHES as usize + 4 * BLOCK;
/// Blocks that are unpacked before they are joined: what was just written in small pieces is slow to load.
const GROUP: usize = 8;

/// Packs samples behind what is in `out`.
pub(super) fn write(samples: &[i32], out: &mut Vec<u8>) -> Result<(), OutOfMemory> {
    let (isa, packer) = (Isa::current(), BitPacker4x::new());
    let start = out.len();
    let heads = Head::LEN * samples.len().div_ceil(BLOCK);
    out.make_room(heads)?;
    out.resize(start + heads, 0);
    let (full, rest) = samples.as_chunks();
    let last = (!rest.is_empty()).then(|| filled(rest));
    let mut residuals = Residuals::EMPTY;
    let mut body = [0; BODY];
    for (index, block) in full.iter().chain(&last).enumerate() {
        let head = split(isa, block, &mut residuals);
        let at = start + Head::LEN * index;
        out[at..at + Head::LEN].copy_from_slice(&head.to_bytes());
        fill(head, block[0], &residuals, packer, &mut body);
        out.add_all(&body[..head.body_len()])?;
    }
    Ok(())
}

/// A block whose last sample fills what is missing.
fn filled(samples: &[i32]) -> [i32; BLOCK] {
    let mut block = [samples[samples.len() - 1]; BLOCK];
    block[..samples.len()].copy_from_slice(samples);
    block
}

/// Makes the body of a block, and leaves anything behind it.
fn fill(head: Head, first: i32, residuals: &Residuals, packer: BitPacker4x, body: &mut [u8; BODY]) {
    body[..4].copy_from_slice(&first.to_le_bytes());
    let patches = &mut body[head.first_len()..][..4 * usize::from(Head::PATCHES)];
    if head.wide_patches {
        patches.copy_from_slice(residuals.patches().map(u32::to_le_bytes).as_flattened());
    } else {
        let halves = residuals.patches().map(|patch| [patch.to_le_bytes()[0], patch.to_le_bytes()[1]]);
        patches[..halves.as_flattened().len()].copy_from_slice(halves.as_flattened());
    }
    packer.compress(&residuals.low, &mut body[head.first_len() + head.patches_len()..], head.width);
}

/// Reads a range of samples, out of `count`, decoding only the blocks that it touches.
pub(super) fn read(payload: &[u8], count: usize, range: Range<usize>) -> Unpacked {
    let mut samples = Vec::new();
    append(payload, count, range, &mut samples).map(|read| read.map(|()| samples))
}

/// Appends what [`read`] returns.
pub(super) fn append(
    payload: &[u8],
    count: usize,
    range: Range<usize>,
    samples: &mut Vec<i32>,
) -> Option<Result<(), OutOfMemory>> {
    let (heads, bodies) = payload.split_at_checked(count.div_ceil(BLOCK).checked_mul(Head::LEN)?)?;
    let heads: &[[u8; Head::LEN]] = heads.as_chunks().0;
    if bodies_len(heads)? != bodies.len() {
        return None;
    }
    let first = range.start / BLOCK;
    let heads = &heads[..range.end.div_ceil(BLOCK).max(first)];
    let (before, touched) = heads.split_at(first);
    let bodies = &bodies[bodies_len(before)?..];
    let before = samples.len();
    if samples.try_reserve_exact(touched.len() * BLOCK).is_err() {
        return Some(Err(OutOfMemory));
    }
    read_blocks(touched, bodies, samples)?;
    samples.truncate(before + range.end - first * BLOCK);
    samples.drain(before..before + range.start - first * BLOCK);
    Some(Ok(()))
}

fn bodies_len(heads: &[[u8; Head::LEN]]) -> Option<usize> {
    heads.iter().map(|head| Head::from_bytes(*head).map(Head::body_len)).sum()
}

/// Appends the samples of some blocks, for which there is room.
fn read_blocks(heads: &[[u8; Head::LEN]], mut bodies: &[u8], samples: &mut Vec<i32>) -> Option<()> {
    let (isa, packer) = (Isa::current(), BitPacker4x::new());
    let mut out = [[0; BLOCK]; GROUP];
    for heads in heads.chunks(GROUP) {
        let mut starts = [(0, 0); GROUP];
        for ((head, out), start) in heads.iter().zip(&mut out).zip(&mut starts) {
            let head = Head::from_bytes(*head)?;
            let (body, rest) = bodies.split_at_checked(head.body_len())?;
            *start = (head.order, read_body(head, body, packer, out)?);
            bodies = rest;
        }
        for (out, (order, first)) in out.iter().zip(starts).take(heads.len()) {
            join(isa, out, order, first, samples);
        }
    }
    Some(())
}

/// Fills in the residuals of a block, and returns its first sample.
fn read_body(head: Head, body: &[u8], packer: BitPacker4x, out: &mut [u32; BLOCK]) -> Option<i32> {
    let (first, rest) = body.split_at_checked(head.first_len())?;
    let (patches, rest) = rest.split_at_checked(head.patches_len())?;
    packer.decompress(rest, out, head.width);
    let mut patch = |patch: u32| {
        out[patch as usize % BLOCK] |= (patch >> 7).checked_shl(u32::from(head.width)).unwrap_or(0);
    };
    if head.wide_patches {
        patches.as_chunks().0.iter().for_each(|bytes| patch(u32::from_le_bytes(*bytes)));
    } else {
        patches.as_chunks().0.iter().for_each(|bytes| patch(u16::from_le_bytes(*bytes).into()));
    }
    match *first {
        [low, high] => Some(i16::from_le_bytes([low, high]).into()),
        _ => first.first_chunk().map(|bytes| i32::from_le_bytes(*bytes)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(samples: &[i32]) -> usize {
        let mut packed = vec![9; 3];
        write(samples, &mut packed).unwrap();
        let count = samples.len();
        assert_eq!(read(&packed[3..], count, 0..count).unwrap().unwrap(), samples);
        packed.len() - 3
    }

    #[test]
    fn every_width_and_order_is_lossless() {
        for bits in 0..=32 {
            let high = u32::MAX.checked_shr(32 - bits).unwrap_or(0).cast_signed() / 2;
            let wave: Vec<i32> = (0..200).map(|i| if i % 2 == 0 { 0 } else { high }).collect();
            let ramp: Vec<i32> = (0..200_i32).map(|i| i.wrapping_mul(high)).collect();
            let parabola: Vec<i32> = (0..200_i32).map(|i| i.wrapping_mul(i).wrapping_mul(high)).collect();
            for samples in [wave, ramp, parabola] {
                round_trip(&samples);
            }
        }
    }

    #[test]
    fn few_spikes_do_not_widen_a_block() {
        for spikes in 0..=BLOCK {
            let noise: [i32; BLOCK] = std::array::from_fn(|i| [1, -1, 0][i * i % 7 % 3]);
            for height in [700, i32::MAX] {
                let spiked = |i: usize| if (i * 89 + 1) % BLOCK < spikes { height } else { noise[i] };
                let size = round_trip(&std::array::from_fn::<_, BLOCK, _>(spiked));
                assert!(spikes > 7 || height > 700 || size <= 4 + 16 * 3 + 4 * spikes, "{spikes}: {size}");
            }
        }
    }

    #[test]
    fn forged_blocks_are_read_without_panic() {
        let mut payload = vec![0; Head::LEN + BODY + 1];
        for low in 0..=255 {
            for high in [0, 1, 16, 32, 64, 80, 112, 128, 255] {
                payload[..2].copy_from_slice(&[low, high]);
                payload[2..].fill(low ^ high);
                let len = Head::LEN + Head::from_bytes([low, high]).map_or(0, Head::body_len);
                assert_eq!(read(&payload[..len], BLOCK, 0..BLOCK).is_some(), len > Head::LEN);
                assert_eq!(read(&payload[..=len], BLOCK, 0..BLOCK), None);
            }
        }
    }
}
