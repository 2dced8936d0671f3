//! The bytes of a document, and the numbers in them.

use crate::json::{Code, Fault, Result};

/// A place in a document.
pub(super) struct Reader<'a> {
    pub(super) body: &'a [u8],
    pub(super) at: usize,
}

impl<'a> Reader<'a> {
    /// The next value, if it is an integer of at most two bytes: of a signal, nearly all are.
    #[inline]
    pub(super) fn small(&mut self) -> Option<i32> {
        let (value, len) = match *self.body.get(self.at..)? {
            [head @ (0x00..=0x7f | 0xe0..=0xff), ..] => (head.cast_signed().into(), 1),
            [0xcc, value, ..] => (value.into(), 2),
            [0xd0, value, ..] => (value.cast_signed().into(), 2),
            [0xcd, high, low, ..] => (u16::from_be_bytes([high, low]).into(), 3),
            [0xd1, high, low, ..] => (i16::from_be_bytes([high, low]).into(), 3),
            _ => return None,
        };
        self.at += len;
        Some(value)
    }

    /// How many bytes are left.
    pub(super) fn left(&self) -> usize {
        self.body.len() - self.at
    }

    pub(super) fn take(&mut self, len: usize) -> Result<&'a [u8]> {
        let Some(taken) = self.body[self.at..].get(..len) else {
            return Err(Fault::new(Code::Syntax, self.body.len(), "the document ends too early"));
        };
        self.at += len;
        Ok(taken)
    }

    pub(super) fn number(&mut self, width: usize) -> Result<u64> {
        Ok(self.take(width)?.iter().fold(0, |number, &byte| number << 8 | u64::from(byte)))
    }

    pub(super) fn signed(&mut self, width: usize) -> Result<i64> {
        let unused = 64 - 8 * width;
        Ok((self.number(width)? << unused).cast_signed() >> unused)
    }

    /// A length of one, two or four bytes.
    pub(super) fn len(&mut self, kind: u8) -> Result<usize> {
        let len = self.number(1 << kind)?;
        Ok(usize::try_from(len).unwrap_or(usize::MAX))
    }
}
