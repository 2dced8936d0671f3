//! The grammar of integers between commas, as arithmetic on one bit per byte.

/// What the bytes of a window are.
#[derive(Clone, Copy)]
pub(super) struct Bytes {
    pub(super) digits: u64,
    pub(super) zeros: u64,
    pub(super) commas: u64,
    pub(super) minuses: u64,
    pub(super) spaces: u64,
}

/// The integers of a window, up to its last comma.
pub(super) struct Tokens {
    /// The first digit of each.
    pub(super) starts: u64,
    /// What follows the last digit of each.
    pub(super) ends: u64,
    /// The first digits that follow a minus.
    pub(super) negative: u64,
    /// Whether one has more than four digits; none has more than eight.
    #[cfg_attr(not(target_arch = "x86_64"), expect(dead_code, reason = "only AVX-512 asks"))]
    pub(super) long: bool,
    /// Bytes up to and with the last comma.
    pub(super) len: usize,
}

impl Bytes {
    /// The integers, if there are any and they are plain up to the first byte that is part of none.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "for the instructions of the caller")]
    pub(super) fn tokens(self) -> Option<Tokens> {
        let other = !(self.digits | self.commas | self.minuses | self.spaces);
        let commas = if other == 0 { self.commas } else { below_first(other, self.commas) };
        if commas == 0 {
            return None;
        }
        let len = 64 - commas.leading_zeros();
        let inside = u64::MAX >> (64 - len);
        let digits = self.digits & inside;
        let (starts, ends) = (digits & !(digits << 1), !digits & digits << 1);
        let negative = (self.minuses & inside) << 1;
        let four = runs_of_four(digits);
        let nine = four & four >> 4 & digits >> 8;
        let wrong = self.after_space(ends) ^ commas | negative & !digits | starts & self.zeros & digits >> 1;
        (wrong | nine == 0).then_some(Tokens {
            starts,
            ends,
            negative,
            long: four & digits >> 4 != 0,
            len: len as usize,
        })
    }

    /// Where the space ends that begins at some places: adding them to all runs of space makes a
    /// carry ripple to the end of exactly those.
    fn after_space(self, places: u64) -> u64 {
        let carried = self.spaces.wrapping_add(places & self.spaces) | places;
        carried & !self.spaces
    }
}

/// The bits below the first one of others. Cold, for a branch: the next window waits for this one's commas.
#[cold]
fn below_first(others: u64, bits: u64) -> u64 {
    bits & (others - 1) & !others
}

/// Where four digits begin.
fn runs_of_four(digits: u64) -> u64 {
    let two = digits & digits >> 1;
    two & two >> 2
}
