//! The strict JSON boundary (RFC 8259): whole documents are checked, arrays of integers are taken out.

#[cfg(test)]
mod agreement;
mod error;
mod integers;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod kernels;
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
#[path = "kernels/none.rs"]
mod kernels;
mod keys;
mod lift;
mod room;
mod scanner;
mod strings;
mod walk;

pub use error::{Code, DecodeError, MAX_POINTER};
pub use lift::{Lifted, lift, parse};
pub use walk::MAX_DEPTH;
