//! What is said of each block of codec 2 before its contents.

/// How a block is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// Bits of a residual without its patch.
    pub(super) width: u8,
    /// How often the residuals are added up.
    pub(super) order: u8,
    /// How many residuals have a patch.
    pub(super) patches: u8,
    /// The first sample takes 4 bytes instead of 2.
    pub(super) wide_first: bool,
    /// A patch takes 4 bytes instead of 2.
    pub(super) wide_patches: bool,
}

impl Head {
    /// Bytes of a head.
    pub(super) const LEN: usize = 2;
    /// Bytes of the shortest block with its head.
    pub(super) const SHORTEST: usize = Self::LEN + 2;
    /// The most patches of a block.
    pub(super) const PATCHES: u8 = 16;
    /// The most bits that a patch adds: 32 without the 7 of its position.
    pub(super) const HIGH: u8 = 25;

    pub(super) fn to_bytes(self) -> [u8; Self::LEN] {
        let wide = u8::from(self.wide_first) << 5 | u8::from(self.wide_patches) << 6;
        [self.width | self.order << 6, self.patches | wide]
    }

    /// Nothing if no block is stored so.
    pub(super) fn from_bytes([shape, extras]: [u8; Self::LEN]) -> Option<Self> {
        let head = Self {
            width: shape & 63,
            order: shape >> 6,
            patches: extras & 31,
            wide_first: extras & 32 > 0,
            wide_patches: extras & 64 > 0,
        };
        let known = head.width <= 32 && head.order <= 2 && head.patches <= Self::PATCHES && extras < 128;
        known.then_some(head)
    }

    /// Bytes of a patch that adds so many bits.
    pub(super) fn patch_size(high: u8) -> u16 {
        if high > 16 - 7 { 4 } else { 2 }
    }

    pub(super) fn first_len(self) -> usize {
        if self.wide_first { 4 } else { 2 }
    }

    pub(super) fn patches_len(self) -> usize {
        usize::from(self.patches) * if self.wide_patches { 4 } else { 2 }
    }

    pub(super) fn packed_len(self) -> usize {
        16 * usize::from(self.width)
    }

    /// Bytes of a block after its head.
    pub(super) fn body_len(self) -> usize {
        self.first_len() + self.patches_len() + self.packed_len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_read_as_they_are_written() {
        let known = (0..=u16::MAX).map(u16::to_le_bytes).filter_map(|bytes| {
            let head = Head::from_bytes(bytes)?;
            assert_eq!(head.to_bytes(), bytes);
            Some(head.body_len())
        });
        let sizes: Vec<usize> = known.collect();
        assert_eq!(sizes.len(), 33 * 3 * 17 * 4);
        assert_eq!((sizes.iter().min(), sizes.iter().max()), (Some(&2), Some(&(4 + 16 * 4 + 16 * 32))));
    }
}
