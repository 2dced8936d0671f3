//! The tokens of JSON: space, punctuation, literals and numbers.

use super::error::{Code, Fault, Result};

/// A place in a document.
pub(super) struct Scanner<'a> {
    pub(super) text: &'a [u8],
    pub(super) at: usize,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0 }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    pub(super) fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    /// Goes past a byte if it is the next one.
    pub(super) fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// Goes past space and, if it comes next, a closing bracket.
    pub(super) fn closes(&mut self, bracket: u8) -> bool {
        self.skip_space();
        self.take(bracket)
    }

    /// Goes past the comma or the closing bracket after a value; true if it was the comma.
    pub(super) fn continues(&mut self, bracket: u8) -> Result<bool> {
        self.skip_space();
        if self.take(b',') {
            return Ok(true);
        }
        let closed = self.take(bracket);
        closed.then_some(false).ok_or_else(|| self.unexpected("expected a comma or a closing bracket"))
    }

    /// Goes past the last space of a document.
    pub(super) fn end(&mut self) -> Result<()> {
        self.skip_space();
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.wrong(Code::Trailing, "expected the end")),
        }
    }

    pub(super) fn literal(&mut self, word: &[u8]) -> Result<()> {
        for &byte in word {
            if !self.take(byte) {
                return Err(self.unexpected("expected true, false or null"));
            }
        }
        Ok(())
    }

    /// Goes past a number; true if it has neither fraction nor exponent.
    pub(super) fn number(&mut self) -> Result<bool> {
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        let whole = self.at;
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _sign = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        Ok(self.at == whole)
    }

    fn digits(&mut self) -> Result<()> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        if self.at == start { Err(self.unexpected("expected a digit")) } else { Ok(()) }
    }

    /// The error of finding something else here than `expected`.
    pub(super) fn unexpected(&self, expected: &'static str) -> Fault {
        self.wrong(Code::Syntax, expected)
    }

    fn wrong(&self, code: Code, expected: &'static str) -> Fault {
        let mut ahead = Scanner { text: self.text, at: self.at };
        ahead.wide().err().unwrap_or_else(|| Fault::new(code, self.at, expected))
    }

    /// Goes past all bytes that are not ASCII: together they must be UTF-8.
    pub(super) fn wide(&mut self) -> Result<()> {
        let rest = &self.text[self.at.min(self.text.len())..];
        let len = rest.iter().take_while(|byte| !byte.is_ascii()).count();
        std::str::from_utf8(&rest[..len])
            .map_err(|error| Fault::new(Code::Encoding, self.at + error.valid_up_to(), "invalid UTF-8"))?;
        self.at += len;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_the_grammar() {
        let number = |text: &str| Scanner::new(text.as_bytes()).number().map_err(|_| ());
        for integer in ["0", "-0", "10", "-987654321098765432109876543210"] {
            assert_eq!(number(integer), Ok(true), "{integer}");
        }
        for other in ["0.0", "1e5", "1E+5", "-1.25e-3"] {
            assert_eq!(number(other), Ok(false), "{other}");
        }
        for wrong in ["-", "+1", ".5", "1.", "1e", "1e+", "-a", ""] {
            assert_eq!(number(wrong), Err(()), "{wrong}");
        }
    }
}
