//! Reads the integers of ECG signals out of JSON, counts their zero crossings and packs them losslessly.
//!
//! ```
//! use ecg_core::{ZeroRule, blob, json};
//!
//! let lifted = json::lift(br#"{"leads": [{"name": "II", "signal": [3, 0, -2, 5]}]}"#, "signal")?;
//! assert_eq!(lifted.skeleton, br#"{"leads": [{"name": "II", "signal": 0}]}"#);
//! assert_eq!(lifted.signals[0].count_zero_crossings(ZeroRule::Neutral, 0, None), 2);
//!
//! let packed = blob::pack(&lifted.signals)?;
//! assert_eq!(blob::unpack(&packed)?, lifted.signals);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Modules
//!
//! The public ones:
//! - [`json`]: strict JSON: whole documents, arrays of integers, errors that name their place
//! - [`msgpack`]: the same for msgpack, whose signals may also be bytes
//! - [`crossings`]: what a zero crossing is, and how crossings are counted
//! - [`blob`]: the stored form of signals
//!
//! The private ones:
//! - `signal`: [`Signal`], immutable samples with what is known about them
//! - `gathering`: samples that are kept, or handed on in runs
//! - `thinning`: few samples that keep every peak
//! - `extremes`: the smallest and the largest sample
//! - `moments`: means, from exact sums
//! - `sums`: exact sums of samples and of their squares
//! - `bits`: one bit per item of a block, which several kernels need
//! - `memory`: an error where memory ends
//! - `text`: text that is written in its place
//! - `isa`: which instructions the kernels use, and the macro that calls those kernels
//! - `python`: the bindings, behind the feature of that name; nothing else knows Python
//!
//! `extremes`, `sums`, `crossings/kernels`, `json/integers`, `json/short`, `blob/residuals`, `bits/places` and `bits/spread` have kernels: code for one
//! set of instructions. In each of these folders `mod.rs` chooses between `portable.rs`, `avx2.rs`, `avx512.rs` and
//! `neon.rs`, which agree on every input.

mod bits;
pub mod blob;
pub mod crossings;
mod extremes;
mod gathering;
mod isa;
pub mod json;
mod memory;
mod moments;
pub mod msgpack;
mod signal;
mod sums;
mod text;
mod thinning;

#[cfg(feature = "python")]
mod python;

pub use crossings::ZeroRule;
pub use memory::OutOfMemory;
pub use signal::Signal;

/// What benchmarks and fuzzers of this crate need to know of its inside. It may change at any time.
#[doc(hidden)]
pub mod internals {
    pub use crate::extremes::extremes;
    pub use crate::isa::Isa;
}
