//! Takes the signals out of a document.

use super::error::{Code, DecodeError, Fault, Result};
use super::walk::{Visitor, Walk};
use super::write::append;
use crate::gathering::Gathered;
use crate::isa::Isa;
use crate::memory::{OutOfMemory, Room};
use crate::signal::Signal;

/// A document without its signals.
#[derive(Debug, PartialEq, Eq)]
pub struct Lifted<G = Signal> {
    /// The document with the index of a signal in the place of each.
    pub skeleton: Vec<u8>,
    /// The signals in their order.
    pub signals: Vec<G>,
}

impl<G> Default for Lifted<G> {
    fn default() -> Self {
        Self { skeleton: Vec::new(), signals: Vec::new() }
    }
}

/// Takes the arrays at `key`, at any depth, out of a document.
///
/// ```
/// let lifted = ecg_core::json::lift(br#"{"signal": [1, -2], "x": {"signal": []}}"#, "signal")?;
/// assert_eq!(lifted.skeleton, br#"{"signal": 0, "x": {"signal": 1}}"#);
/// assert_eq!(lifted.signals[0].samples(), [1, -2]);
/// # Ok::<(), ecg_core::json::DecodeError>(())
/// ```
///
/// # Errors
/// [`DecodeError`] if anything in the document is not strict JSON, or a value at `key` is not a signal.
pub fn lift(body: &[u8], key: &str) -> std::result::Result<Lifted, DecodeError> {
    lift_at_most(body, key, usize::MAX)
}

/// What [`lift`] does, if there are at most `max_signals`; the next one is not read. Long ones may be packed while they
/// are read ([`crate::blob::Recorded`]).
///
/// # Errors
/// [`DecodeError`] if there are more, or as [`lift`] has it.
pub fn lift_at_most<G: Gathered>(
    body: &[u8],
    key: &str,
    max_signals: usize,
) -> std::result::Result<Lifted<G>, DecodeError> {
    document(body, key, Lifting { max_signals, ..Lifting::with(Isa::current()) })
}

/// What [`lift`] does, with these instructions.
#[cfg(test)]
pub(super) fn lift_with(body: &[u8], key: &str, isa: Isa) -> std::result::Result<Lifted, DecodeError> {
    document(body, key, Lifting::with(isa))
}

fn document<G: Gathered>(
    body: &[u8],
    key: &str,
    lifting: Lifting<G>,
) -> std::result::Result<Lifted<G>, DecodeError> {
    let mut walk = Walk::new(body, Some(key.as_bytes()), lifting);
    walk.value()?;
    walk.scan.end()?;
    walk.keep(body.len()).map_err(Fault::from)?;
    Ok(walk.visitor.lifted)
}

/// What was taken out so far.
pub(super) struct Lifting<G> {
    pub(super) isa: Isa,
    max_signals: usize,
    pub(super) lifted: Lifted<G>,
    /// Where the part of the document begins that is not in the skeleton yet.
    kept: usize,
}

impl<G> Lifting<G> {
    pub(super) fn with(isa: Isa) -> Self {
        Self { isa, max_signals: usize::MAX, lifted: Lifted::default(), kept: 0 }
    }
}

impl<G: Gathered> Visitor for Lifting<G> {
    /// A signal, which goes to the signals and leaves its index.
    fn visit(walk: &mut Walk<'_, Self>) -> Result<()> {
        walk.scan.skip_space();
        if walk.visitor.lifted.signals.len() == walk.visitor.max_signals {
            return Err(Fault::new(Code::TooManySignals, walk.scan.at, "more signals than may be"));
        }
        walk.keep(walk.scan.at)?;
        let signal = walk.signal()?;
        let Self { lifted, kept, .. } = &mut walk.visitor;
        *kept = walk.scan.at;
        append(lifted.signals.len(), &mut lifted.skeleton)?;
        Ok(lifted.signals.add(signal)?)
    }
}

impl<G: Gathered> Walk<'_, Lifting<G>> {
    /// Copies the document into the skeleton, up to a place.
    fn keep(&mut self, end: usize) -> std::result::Result<(), OutOfMemory> {
        self.visitor.lifted.skeleton.add_all(&self.scan.text[self.visitor.kept..end])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lifted(body: &str) -> std::result::Result<(String, Vec<Vec<i32>>), Code> {
        let lifted = lift(body.as_bytes(), "signal").map_err(|error| error.code)?;
        let signals = lifted.signals.iter().map(|signal| signal.samples().to_vec()).collect();
        Ok((String::from_utf8(lifted.skeleton).unwrap(), signals))
    }

    #[test]
    fn arrays_become_their_index() {
        let body = r#" [{"signal" : [1, -2] ,"x":{"\u0073ignal":[]}}, {"signal":[2147483647]}] "#;
        let skeleton = r#" [{"signal" : 0 ,"x":{"\u0073ignal":1}}, {"signal":2}] "#;
        assert_eq!(lifted(body), Ok((skeleton.into(), vec![vec![1, -2], vec![], vec![i32::MAX]])));
    }

    #[test]
    fn every_kind_of_error_has_its_code() {
        for (body, code) in [
            ("[1,]", Code::Syntax),
            (r#"{"a":1,"\u0061":2}"#, Code::DuplicateKey),
            (r#"{"signal":0}"#, Code::NotAnArray),
            (r#"{"signal":[0.0]}"#, Code::NotAnInteger),
            (r#"{"signal":[2147483648]}"#, Code::OutOfRange),
            (&"[".repeat(65), Code::Depth),
        ] {
            assert_eq!(lifted(body), Err(code), "{body}");
        }
        assert_eq!(lift(b"\"\xff\"", "").unwrap_err().code, Code::Encoding);
    }

    #[test]
    fn signals_beyond_the_bound_are_not_read() {
        let body = br#"[{"signal":[1]},{"signal":[2]},{"signal":"x"}]"#;
        let error = lift_at_most::<Signal>(body, "signal", 2).unwrap_err();
        assert_eq!((error.code, error.offset, &*error.pointer), (Code::TooManySignals, 41, "/2/signal"));
        assert_eq!(lift_at_most::<Signal>(body, "signal", 3).unwrap_err().code, Code::NotAnArray);
        assert_eq!(lift_at_most::<Signal>(br#"{"signal":[]}"#, "signal", 1).unwrap().signals.len(), 1);
    }
}
