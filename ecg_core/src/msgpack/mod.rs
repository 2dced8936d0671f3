//! The strict msgpack boundary: what [`json`](crate::json) does, for documents whose signals are arrays of
//! integers or binary samples.
//!
//! - `reader`: the tokens of msgpack
//! - `samples`: signals of either kind
//! - `lift`: the grammar of a document, and its signals

mod lift;
mod reader;
mod samples;

pub use lift::lift_at_most;
