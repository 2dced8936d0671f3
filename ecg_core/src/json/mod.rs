//! The strict JSON boundary (RFC 8259): whole documents are checked, arrays of integers are taken out.
//!
//! - `scanner`, `strings`, `keys`: tokens, strings, duplicate keys
//! - `walk`: the grammar of a document
//! - `lift`: a document without its signals
//! - `signal`: a signal
//! - `integers`: the kernels that read the elements of an array
//! - `capacity`: memory for elements of an array that has no known length
//! - `error`: what is wrong, and where
//! - `write`: integers as JSON
//! - `short`: the kernels that write those of 16 bits

mod capacity;
mod error;
mod integers;
#[cfg(test)]
mod kernel_tests;
mod keys;
mod lift;
mod scanner;
mod short;
mod signal;
mod strings;
mod walk;
mod write;

pub use error::{Code, DecodeError, MAX_POINTER};
pub(crate) use error::{Fault, Result, Step};
pub(crate) use keys::{Keys, Object};
pub use lift::{Lifted, lift, lift_at_most};
pub use signal::parse;
pub use walk::MAX_DEPTH;
pub use write::to_json;
pub(crate) use write::write;
