//! The functions and the class that count and find zero crossings.
//!
//! - `count`, `finding`, `frames`: how many, where, how often
//! - `counter` and `counter_state`: chunk by chunk, and what is kept between chunks
//! - `blocks`: lanes that are read at once
//! - `gathered`: short lanes that lie apart
//! - `sides`: short lanes with baselines of their own, at once
//! - `reversed`: arrays in Fortran's order
//! - `lanes`: what all of these have in common

mod blocks;
pub(super) mod count;
pub(super) mod counter;
mod counter_state;
pub(super) mod finding;
pub(super) mod frames;
mod gathered;
pub(super) mod lanes;
mod reversed;
mod sides;
