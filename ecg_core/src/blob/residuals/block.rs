//! A block of residuals, and how it is stored in the fewest bytes.

use crate::blob::head::Head;

/// Samples of a block.
pub(crate) const BLOCK: usize = 128;
const PATCHES: usize = Head::PATCHES as usize;

/// A block ready to be stored. Aligned, so that no register is stored across two cache lines.
#[repr(align(64))]
pub(crate) struct Residuals {
    /// The low bits of each residual.
    pub(crate) low: [u32; BLOCK],
    /// Position and high bits of those that have more. A register may be stored after the last.
    pub(super) patches: [u32; 2 * PATCHES],
}

impl Residuals {
    pub(crate) const EMPTY: Self = Self { low: [0; BLOCK], patches: [0; 2 * PATCHES] };

    /// As many as there may be; how many there are is said in the head.
    pub(crate) fn patches(&self) -> [u32; PATCHES] {
        self.patches.as_chunks().0[0]
    }
}

/// The order with the smallest sum of residuals, modulo 2^32: that only steers what is compact, and only
/// samples far from those of an ECG wrap.
pub(super) fn best_order(sums: [u32; 3]) -> u8 {
    let order = u8::from(sums[1] < sums[0]);
    if sums[2] < sums[usize::from(order)] { 2 } else { order }
}

/// The width of the fewest bytes, if the largest residual has `most` bits and `larger` counts those that
/// have more than a width.
#[inline(always)]
#[expect(clippy::inline_always, reason = "for the instructions of its callers")]
pub(super) fn best_width(most: u8, larger: impl Fn(u8) -> u8) -> u8 {
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
pub(super) fn head(first: i32, order: u8, most: u8, width: u8, patches: u8) -> Head {
    let wide_patches = patches > 0 && Head::patch_size(most - width) > 2;
    Head { width, order, patches, wide_first: i16::try_from(first).is_err(), wide_patches }
}

/// The largest number of so many bits.
pub(super) fn limit(bits: u8) -> u32 {
    u32::MAX.checked_shr(32 - u32::from(bits)).unwrap_or(0)
}
