//! A signal: an array of integers.

use super::capacity;
use super::error::{Code, DecodeError, Fault, Result, Step};
use super::integers::read_plain;
use super::lift::Lifting;
use super::walk::Walk;
use crate::gathering::{Gathered, Gathering};
use crate::isa::Isa;
use crate::memory::Room;
use crate::signal::Signal;

/// Reads a document that is one signal.
///
/// ```
/// use ecg_core::json::{Code, parse};
///
/// assert_eq!(parse(b"[12, -3, 0]")?.samples(), [12, -3, 0]);
/// let error = parse(b"[12, -3, 0.5]").unwrap_err();
/// assert_eq!((error.code, error.offset, &*error.pointer), (Code::NotAnInteger, 9, "/2"));
/// # Ok::<(), ecg_core::json::DecodeError>(())
/// ```
///
/// # Errors
/// [`DecodeError`] if it is anything else.
pub fn parse(text: &[u8]) -> std::result::Result<Signal, DecodeError> {
    let mut walk = Walk::new(text, None, Lifting::<Signal>::with(Isa::current()));
    let signal = walk.signal()?;
    walk.scan.end()?;
    Ok(signal)
}

impl<G: Gathered> Walk<'_, Lifting<G>> {
    pub(super) fn signal(&mut self) -> Result<G> {
        self.scan.skip_space();
        if self.scan.peek() != Some(b'[') {
            return Err(self.refused(Code::NotAnArray, "expected an array of integers"));
        }
        Ok(self.nested(Self::integers)?.made()?)
    }

    fn integers(&mut self) -> Result<Gathering<G>> {
        if self.scan.closes(b']') {
            return Ok(Gathering::new(Vec::new()));
        }
        let start = self.scan.at;
        let last = self.visitor.lifted.signals.last().map(|signal| signal.size().min(G::RUN));
        let mut integers = Gathering::new(capacity::first(self.scan.text, start, last)?);
        loop {
            let samples = &mut integers.samples;
            self.scan.at = read_plain(self.visitor.isa, self.scan.text, self.scan.at, samples);
            let index = integers.len();
            integers.samples.add(self.integer().map_err(|fault| fault.inside(|| Step::Index(index)))?)?;
            if !self.scan.continues(b']')? {
                break;
            }
            integers.settle(1)?;
            let read = (integers.len(), self.scan.at - start);
            capacity::grow(&mut integers.samples, &self.scan.text[self.scan.at..], read, G::RUN)?;
        }
        capacity::trim(&mut integers.samples);
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

    /// The error of a value of another kind, or the one of its not being JSON at all.
    fn refused(&mut self, code: Code, detail: &'static str) -> Fault {
        let start = self.scan.at;
        self.key = None;
        self.value().err().unwrap_or_else(|| Fault::new(code, start, detail))
    }
}

/// The value of an integer of any length, if it fits.
fn exact(token: &[u8]) -> Option<i32> {
    std::str::from_utf8(token).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_signal_is_a_document() {
        assert_eq!(parse(b" [7 ] ").unwrap().samples(), [7]);
        assert!(parse(b"[7] 8").is_err());
    }
}
