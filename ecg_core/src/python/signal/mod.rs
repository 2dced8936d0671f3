//! The class `Signal`.
//!
//! - `class`: how one is made
//! - `statistics`: what it says of its samples
//! - `sequence`: a sequence of int, with `slices`
//! - `exchange`: what other libraries take it as

mod class;
mod exchange;
mod sequence;
mod slices;
mod statistics;

pub(super) use class::{PySignal, signal_or};
