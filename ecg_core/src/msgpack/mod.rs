//! The strict msgpack boundary: what [`json`](crate::json) does, for documents whose signals are arrays of
//! integers or binary samples.
//!
//! - `reader`, `token`: bytes and numbers, and the tokens that they are
//! - `samples`: signals of either kind
//! - `place`: how far a document was read
//! - `lift`: the grammar of a document
//! - `signal`: the signal of a map, and its encoding

mod lift;
mod place;
mod reader;
mod samples;
mod signal;
mod token;

pub use lift::lift_at_most;
