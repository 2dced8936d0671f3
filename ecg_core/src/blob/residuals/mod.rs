//! What remains of a block of samples when each is predicted from those before it, and back.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod block;
#[cfg(target_arch = "aarch64")]
mod neon;
mod portable;

pub(super) use block::{BLOCK, Residuals};

use super::head::Head;
use crate::isa::{Isa, dispatch};

/// Chooses how a block is stored, and makes it ready.
pub(super) fn split(isa: Isa, block: &[i32; BLOCK], out: &mut Residuals) -> Head {
    dispatch!(isa, split(block, out))
}

/// Appends the samples of a block: the residuals added up, `order` times, and `first` to all.
pub(super) fn join(isa: Isa, residuals: &[u32; BLOCK], order: u8, first: i32, samples: &mut Vec<i32>) {
    dispatch!(isa, join(residuals, order, first, samples));
}

#[cfg(test)]
mod tests {
    use super::block::limit;
    use super::*;

    fn blocks() -> impl Iterator<Item = [i32; BLOCK]> {
        let mut state = 1_u32;
        let mut noise = move |bits: u8| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            ((state >> 7).wrapping_mul(state) & limit(bits)).cast_signed()
        };
        (0..33 * 33 * 4).map(move |case| {
            let (low, high, often) = (case % 33, case / 33 % 33, [2, 7, 40, 1000][case / 33 / 33]);
            let mut block = std::array::from_fn(|_| {
                let spike = noise(16) % often == 0;
                noise(u8::try_from(if spike { high } else { low }).unwrap())
            });
            for _ in 0..case % 3 {
                (1..BLOCK).for_each(|i| block[i] = block[i].wrapping_add(block[i - 1]));
            }
            block
        })
    }

    #[test]
    fn all_kernels_agree() {
        let [mut found, mut expected] = [const { Residuals::EMPTY }; 2];
        for block in blocks() {
            let head = split(Isa::SCALAR, &block, &mut expected);
            let patches = usize::from(head.patches);
            for isa in Isa::available() {
                assert_eq!(split(isa, &block, &mut found), head);
                assert_eq!(found.low, expected.low);
                assert_eq!(found.patches[..patches], expected.patches[..patches]);
                for patch in &found.patches[..patches] {
                    found.low[*patch as usize % BLOCK] |= patch >> 7 << head.width;
                }
                let mut samples = vec![7];
                join(isa, &found.low, head.order, block[0], &mut samples);
                assert_eq!(samples[1..], block);
            }
        }
    }

    #[test]
    fn steady_slopes_have_their_order() {
        for (order, slope) in [(1, 0), (2, 5), (2, -9)] {
            let block = std::array::from_fn(|i| i32::try_from(i).unwrap() * slope);
            let mut out = Residuals::EMPTY;
            let head = split(Isa::SCALAR, &block, &mut out);
            assert_eq!((head.order, head.width), (if slope == 0 { 0 } else { order }, 0));
        }
    }
}
