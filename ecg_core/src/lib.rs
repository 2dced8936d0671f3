//! Reads the integers of ECG signals out of JSON, counts their zero crossings and packs them losslessly.
//!
//! - [`crossings`]: what a zero crossing is, and the loops that count them
//! - [`signal`]: immutable samples with what is known about them
//! - [`json`]: the strict JSON boundary: whole documents, arrays of integers, errors with their place
//! - [`blob`]: the stored form of signals
//! - [`isa`]: which instructions the kernels use
//! - [`text`]: integers as JSON text
//!
//! All of it is free of Python; the bindings are in `python`, behind the feature of that name.

mod bits;
pub mod blob;
pub mod crossings;
pub mod extremes;
pub mod isa;
pub mod json;
pub mod signal;
pub mod text;

#[cfg(feature = "python")]
mod python;
