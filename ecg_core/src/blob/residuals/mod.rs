//! What remains of a block of samples when each is predicted from those before it, and back.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod portable;

use super::head::Head;
use crate::isa::Isa;
#[cfg(target_arch = "x86_64")]
use crate::isa::Kind;

/// Samples of a block.
pub(super) const BLOCK: usize = 128;
const PATCHES: usize = Head::PATCHES as usize;

/// A block ready to be stored. Aligned, so that no register is stored across two cache lines.
#[repr(align(64))]
pub(super) struct Residuals {
    /// The low bits of each residual.
    pub(super) low: [u32; BLOCK],
    /// Position and high bits of those that have more. A register may be stored after the last.
    patches: [u32; 2 * PATCHES],
}

impl Residuals {
    pub(super) const EMPTY: Self = Self { low: [0; BLOCK], patches: [0; 2 * PATCHES] };

    /// As many as there may be; how many there are is said in the head.
    pub(super) fn patches(&self) -> [u32; PATCHES] {
        self.patches.as_chunks().0[0]
    }
}

macro_rules! dispatch {
    ($(#[$meta:meta])* fn $name:ident($($argument:ident: $type:ty),*) -> $result:ty) => {
        $(#[$meta])*
        #[cfg_attr(not(target_arch = "x86_64"), expect(unused_variables, reason = "there is one way"))]
        pub(super) fn $name(isa: Isa, $($argument: $type),*) -> $result {
            #[cfg(target_arch = "x86_64")]
            #[expect(unsafe_code, reason = "the machine must have the instructions")]
            match isa.kind() {
                // SAFETY: an `Isa` comes from detecting its instructions.
                Kind::Avx512 => return unsafe { avx512::$name($($argument),*) },
                // SAFETY: as above.
                Kind::Avx2 => return unsafe { avx2::$name($($argument),*) },
                Kind::Scalar => {}
            }
            portable::$name($($argument),*)
        }
    };
}

dispatch! {
    /// Chooses how a block is stored, and makes it ready.
    fn split(block: &[i32; BLOCK], room: &mut Residuals) -> Head
}

dispatch! {
    /// Appends the samples of a block: the residuals added up, `order` times, and `first` to all.
    fn join(residuals: &[u32; BLOCK], order: u8, first: i32, samples: &mut Vec<i32>) -> ()
}

/// The order with the smallest sum of residuals, modulo 2^32: that only steers what is compact, and only
/// samples far from those of an ECG wrap.
fn best_order(sums: [u32; 3]) -> u8 {
    let order = u8::from(sums[1] < sums[0]);
    if sums[2] < sums[usize::from(order)] { 2 } else { order }
}

/// The width of the fewest bytes, if the largest residual has `most` bits and `larger` counts those that
/// have more than a width.
#[inline(always)]
#[expect(clippy::inline_always, reason = "for the instructions of its callers")]
fn best_width(most: u8, larger: impl Fn(u8) -> u8) -> u8 {
    let (mut best, mut least) = (most, 16 * u16::from(most));
    for width in (most.saturating_sub(Head::HIGH)..most).rev() {
        let patches = larger(width);
        if patches > Head::PATCHES {
            break;
        }
        let cost = 16 * u16::from(width) + Head::patch_size(most - width) * u16::from(patches);
        if cost < least {
            (best, least) = (width, cost);
        }
    }
    best
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "for the instructions of its callers")]
fn head(first: i32, order: u8, most: u8, width: u8, patches: u8) -> Head {
    let wide_patches = patches > 0 && Head::patch_size(most - width) > 2;
    Head { width, order, patches, wide_first: i16::try_from(first).is_err(), wide_patches }
}

/// The largest number of so many bits.
fn limit(bits: u8) -> u32 {
    u32::MAX.checked_shr(32 - u32::from(bits)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
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
            let mut room = Residuals::EMPTY;
            let head = split(Isa::SCALAR, &block, &mut room);
            assert_eq!((head.order, head.width), (if slope == 0 { 0 } else { order }, 0));
        }
    }
}
