//! The strict JSON boundary (RFC 8259): whole documents are checked, arrays of integers are taken out.

mod error;
mod integers;
mod keys;
mod lift;
mod scanner;
mod strings;
mod walk;

pub use error::{Code, DecodeError, MAX_POINTER};
pub use lift::{Lifted, lift, parse};
pub use walk::MAX_DEPTH;
