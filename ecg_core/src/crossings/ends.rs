//! What a kernel looks for beside signs.

/// What ends a run of samples.
pub trait Ends<T>: Copy {
    /// Whether a run ends before a NaN. If not, a NaN is only looked for after the last sample, which is faster.
    const STOP: bool;

    /// Whether a run ends before this sample.
    fn at(self, sample: T) -> bool;
}

/// Nothing does, and a NaN is an error.
#[derive(Clone, Copy)]
pub(super) struct Nothing;

impl<T> Ends<T> for Nothing {
    const STOP: bool = false;

    #[inline]
    fn at(self, _: T) -> bool {
        false
    }
}

impl<T, F: Fn(T) -> bool + Copy> Ends<T> for F {
    const STOP: bool = true;

    #[inline]
    fn at(self, sample: T) -> bool {
        self(sample)
    }
}
