//! The definition of a zero crossing.
//!
//! Samples are looked at 64 at a time: a word has one bit per sample, and everything about the five rules is
//! arithmetic on those bits. A faster way to fill the words needs no change in the rules.
//!
//! - `signs`: words of signs, and the numbers that have signs
//! - `level`: floats compared whatever the modes of the processor
//! - `rule`: the five rules
//! - `word`, `counter`: counting over words
//! - `merge`: counters of parts
//! - `state`: what a counter knows, to store it
//! - `run`: samples in memory
//! - `kernels`: from samples to words, for each set of instructions
//! - `count`: counting over samples
//! - `frames`: counting in many stretches of them at once
//! - `abreast`, `joined`: crossings in lanes that lie side by side, or follow each other
//! - `tally`: how many each of them has
//! - `stretch`: what these look through at once
//! - `gaps`: samples that are missing
//! - `sides`: samples that have levels of their own

#[cfg(any(test, feature = "python"))]
mod abreast;
mod count;
mod counter;
#[cfg(any(test, feature = "python"))]
mod frames;
mod gaps;
#[cfg(any(test, feature = "python"))]
mod joined;
mod kernels;
mod level;
mod merge;
mod rule;
mod run;
#[cfg(any(test, feature = "python"))]
mod sides;
mod signs;
mod state;
#[cfg(any(test, feature = "python"))]
mod stretch;
#[cfg(any(test, feature = "python"))]
mod tally;
mod word;

pub use count::count;
pub use counter::Crossings;
pub use kernels::Sample;
pub use merge::DifferentRules;
pub use rule::ZeroRule;
pub use signs::NotANumber;
#[cfg(any(test, feature = "python"))]
pub(crate) use signs::WORD;
pub use state::State;
#[cfg(feature = "python")]
pub(crate) use {
    abreast::Abreast,
    frames::Frames,
    gaps::{Gaps, Marks, Unmarked},
    joined::Joined,
    run::Run,
    sides::{Samples, take_sides},
    stretch::Stretch,
    tally::{tally, tally_each},
    word::Word,
};
