//! What the counter says of a word of samples.

use super::signs::Signs;

/// One bit for each of up to 64 samples, the first of them lowest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Word {
    /// It is the first after a crossing.
    pub(crate) crossed: u64,
    /// It has a sign of its own, which a zero of the rule `neutral` has not.
    pub(crate) signed: u64,
    /// It is there.
    pub(crate) filled: u64,
    /// The signs of those that are there.
    pub(super) signs: Signs,
}
