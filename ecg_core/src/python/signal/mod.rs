//! The class `Signal`.
//!
//! - `class`: how one is made
//! - `statistics`: what it says of its samples
//! - `sequence`: a sequence of int
//! - `exchange`: what other libraries take it as

mod class;
mod exchange;
mod sequence;
mod statistics;

pub(super) use class::{PySignal, signal_or};
