//! Takes the signals out of a document.

use super::error::{Code, DecodeError, Fault, Result, Step};
use super::integers::{exact, many};
use super::room;
use super::walk::Walk;
use crate::signal::Signal;
use crate::text::append;

/// A document without its signals.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Lifted {
    /// The document with the index of a signal in the place of each.
    pub skeleton: Vec<u8>,
    /// The signals in their order.
    pub signals: Vec<Signal>,
}

/// Takes the arrays at `key`, at any depth, out of a document.
///
/// # Errors
/// [`DecodeError`] if anything in the document is not strict JSON, or a value at `key` is not a signal.
pub fn lift(body: &[u8], key: &str) -> std::result::Result<Lifted, DecodeError> {
    Walk::new(body, Some(key.as_bytes())).document()
}

/// Reads a document that is one signal.
///
/// # Errors
/// [`DecodeError`] if it is anything else.
pub fn parse(text: &[u8]) -> std::result::Result<Signal, DecodeError> {
    let mut walk = Walk::new(text, None);
    let signal = walk.signal()?;
    walk.scan.end()?;
    Ok(signal)
}

impl Walk<'_> {
    pub(super) fn document(mut self) -> std::result::Result<Lifted, DecodeError> {
        self.value()?;
        self.scan.end()?;
        self.keep(self.scan.text.len());
        Ok(self.lifted)
    }

    /// A signal, which goes to the signals and leaves its index.
    pub(super) fn lifted(&mut self) -> Result<()> {
        self.scan.skip_space();
        self.keep(self.scan.at);
        let signal = self.signal()?;
        self.kept = self.scan.at;
        append(self.lifted.signals.len(), &mut self.lifted.skeleton);
        self.lifted.signals.push(signal);
        Ok(())
    }

    /// Copies the document into the skeleton, up to a place.
    fn keep(&mut self, end: usize) {
        self.lifted.skeleton.extend_from_slice(&self.scan.text[self.kept..end]);
    }

    fn signal(&mut self) -> Result<Signal> {
        self.scan.skip_space();
        if self.scan.peek() != Some(b'[') {
            return Err(self.refused(Code::NotAnArray, "expected an array of integers"));
        }
        self.nested(Self::integers).map(Signal::new)
    }

    fn integers(&mut self) -> Result<Vec<i32>> {
        if self.scan.closes(b']') {
            return Ok(Vec::new());
        }
        let start = self.scan.at;
        let alike = self.lifted.signals.last().map(|signal| signal.samples().len());
        let mut integers = room::first(self.scan.text, start, alike);
        loop {
            self.scan.at = many(self.isa, self.scan.text, self.scan.at, &mut integers);
            let index = integers.len();
            integers.push(self.integer().map_err(|fault| fault.inside(Step::Index(index)))?);
            if !self.scan.continues(b']')? {
                break;
            }
            room::more(&mut integers, self.scan.text, start, self.scan.at);
        }
        room::fit(&mut integers);
        Ok(integers)
    }

    fn integer(&mut self) -> Result<i32> {
        self.scan.skip_space();
        let start = self.scan.at;
        let number = matches!(self.scan.peek(), Some(b'-' | b'0'..=b'9'));
        if !number || !self.scan.number()? {
            self.scan.at = start;
            return Err(self.refused(Code::NotAnInteger, "expected an integer"));
        }
        let token = &self.scan.text[start..self.scan.at];
        exact(token).ok_or_else(|| Fault::new(Code::OutOfRange, start, "integer beyond 32 bits"))
    }

    /// The error of a value that is none of ours, or the one of its not being JSON at all.
    fn refused(&mut self, code: Code, detail: &'static str) -> Fault {
        let start = self.scan.at;
        self.key = None;
        self.value().err().unwrap_or_else(|| Fault::new(code, start, detail))
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
    fn one_signal_is_a_document() {
        assert_eq!(parse(b" [7 ] ").unwrap().samples(), [7]);
        assert!(parse(b"[7] 8").is_err());
    }
}
