//! How much text is looked at together.

/// Bytes of a window.
pub(super) const WINDOW: usize = 64;
/// The most integers in a window: each needs a digit and a comma.
pub(crate) const MOST: usize = WINDOW / 2;
