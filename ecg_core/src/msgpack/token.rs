//! The tokens of msgpack: values, and the heads of arrays and maps.

use super::reader::Reader;
use crate::json::{Code, Fault, Result};

/// A value, or the number of values that follow in an array or, in pairs, in a map.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    Null,
    /// A boolean or a float.
    Other,
    /// An integer, if it fits.
    Integer(Option<i32>),
    Text(&'a [u8]),
    Binary(&'a [u8]),
    Array(usize),
    Map(usize),
}

impl<'a> Reader<'a> {
    /// The next token; no more values are announced than there are bytes for.
    pub(super) fn token(&mut self) -> Result<Token<'a>> {
        let start = self.at;
        let head = self.take(1)?[0];
        Ok(match head {
            0x00..=0x7f | 0xe0..=0xff => Token::Integer(Some(head.cast_signed().into())),
            0x80..=0x8f => self.map(start, usize::from(head & 0x0f))?,
            0x90..=0x9f => self.array(start, usize::from(head & 0x0f))?,
            0xa0..=0xbf => self.text(usize::from(head & 0x1f))?,
            0xc0 => Token::Null,
            0xc2 | 0xc3 => Token::Other,
            0xc4..=0xc6 => {
                let len = self.len(head - 0xc4)?;
                Token::Binary(self.take(len)?)
            }
            0xca | 0xcb => self.take(4 << (head - 0xca)).map(|_| Token::Other)?,
            0xcc..=0xcf => Token::Integer(self.number(1 << (head - 0xcc))?.try_into().ok()),
            0xd0..=0xd3 => Token::Integer(self.signed(1 << (head - 0xd0))?.try_into().ok()),
            0xd9..=0xdb => {
                let len = self.len(head - 0xd9)?;
                self.text(len)?
            }
            0xdc | 0xdd => {
                let len = self.len(head - 0xdc + 1)?;
                self.array(start, len)?
            }
            0xde | 0xdf => {
                let len = self.len(head - 0xde + 1)?;
                self.map(start, len)?
            }
            0xc1 => return Err(Fault::new(Code::Syntax, start, "expected a value")),
            0xc7..=0xc9 | 0xd4..=0xd8 => {
                return Err(Fault::new(Code::Unsupported, start, "extension types are not taken"));
            }
        })
    }

    fn text(&mut self, len: usize) -> Result<Token<'a>> {
        let start = self.at;
        let text = self.take(len)?;
        match std::str::from_utf8(text) {
            Ok(_) => Ok(Token::Text(text)),
            Err(error) => Err(Fault::new(Code::Encoding, start + error.valid_up_to(), "invalid UTF-8")),
        }
    }

    fn array(&self, start: usize, len: usize) -> Result<Token<'a>> {
        self.fitting(start, len).map(|()| Token::Array(len))
    }

    fn map(&self, start: usize, len: usize) -> Result<Token<'a>> {
        self.fitting(start, len.saturating_mul(2)).map(|()| Token::Map(len))
    }

    fn fitting(&self, start: usize, values: usize) -> Result<()> {
        if values <= self.left() {
            return Ok(());
        }
        Err(Fault::new(Code::Syntax, start, "more values are announced than there are bytes"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(body: &[u8]) -> std::result::Result<Token<'_>, Code> {
        let mut reader = Reader { body, at: 0 };
        let token = reader.token().map_err(|fault| crate::json::DecodeError::from(fault).code)?;
        assert!(matches!(token, Token::Array(_) | Token::Map(_)) || reader.left() == 0);
        Ok(token)
    }

    #[test]
    fn integers_of_every_width_have_their_value() {
        for (body, value) in [
            (&b"\x00"[..], Some(0)),
            (b"\x7f", Some(127)),
            (b"\xe0", Some(-32)),
            (b"\xff", Some(-1)),
            (b"\xcc\xff", Some(255)),
            (b"\xcd\xff\xfe", Some(65_534)),
            (b"\xce\x7f\xff\xff\xff", Some(i32::MAX)),
            (b"\xce\x80\x00\x00\x00", None),
            (b"\xcf\x00\x00\x00\x00\x00\x00\x00\x07", Some(7)),
            (b"\xcf\xff\xff\xff\xff\xff\xff\xff\xff", None),
            (b"\xd0\x80", Some(-128)),
            (b"\xd1\x80\x00", Some(-32_768)),
            (b"\xd2\x80\x00\x00\x00", Some(i32::MIN)),
            (b"\xd3\xff\xff\xff\xff\xff\xff\xff\xfe", Some(-2)),
            (b"\xd3\xff\xff\xff\xff\x7f\xff\xff\xff", None),
        ] {
            assert_eq!(token(body), Ok(Token::Integer(value)), "{body:x?}");
            let mut reader = Reader { body, at: 0 };
            let small = reader.small();
            assert_eq!((small, reader.at), if body.len() <= 3 { (value, body.len()) } else { (None, 0) });
        }
    }

    #[test]
    fn other_values_are_known_by_their_heads() {
        for (body, found) in [
            (&b"\xc0"[..], Token::Null),
            (b"\xc2", Token::Other),
            (b"\xc3", Token::Other),
            (b"\xca\x00\x00\x00\x00", Token::Other),
            (b"\xcb\x00\x00\x00\x00\x00\x00\x00\x00", Token::Other),
            (b"\xa2\xc3\xa9", Token::Text("é".as_bytes())),
            (b"\xd9\x01a", Token::Text(b"a")),
            (b"\xda\x00\x01a", Token::Text(b"a")),
            (b"\xdb\x00\x00\x00\x01a", Token::Text(b"a")),
            (b"\xc4\x01\xff", Token::Binary(b"\xff")),
            (b"\xc5\x00\x01\xff", Token::Binary(b"\xff")),
            (b"\xc6\x00\x00\x00\x01\xff", Token::Binary(b"\xff")),
            (b"\x91\x00", Token::Array(1)),
            (b"\xdc\x00\x01\x00", Token::Array(1)),
            (b"\xdd\x00\x00\x00\x01\x00", Token::Array(1)),
            (b"\x81\xa0\x00", Token::Map(1)),
            (b"\xde\x00\x01\xa0\x00", Token::Map(1)),
            (b"\xdf\x00\x00\x00\x01\xa0\x00", Token::Map(1)),
        ] {
            assert_eq!(token(body), Ok(found), "{body:x?}");
        }
    }

    #[test]
    fn what_is_no_value_or_not_taken_is_refused() {
        let many: Vec<u8> = (0xd4..=0xd8).chain(0xc7..=0xc9).collect();
        for head in many {
            assert_eq!(token(&[head]), Err(Code::Unsupported));
        }
        for wrong in [
            &b""[..],
            b"\xc1",
            b"\xcd\x00",
            b"\xa2a",
            b"\xc4\x02\x00",
            b"\xcb\x00",
            b"\x91",
            b"\x81\xa0",
            b"\xdd\xff\xff\xff\xff\x00",
            b"\xdf\xff\xff\xff\xff\x00",
            b"\xdf\x80\x00\x00\x00\x00",
            b"\xdb\xff\xff\xff\xffa",
            b"\xc6\xff\xff\xff\xff\x00",
        ] {
            assert_eq!(token(wrong), Err(Code::Syntax), "{wrong:x?}");
        }
        assert_eq!(token(b"\xa2a\xff"), Err(Code::Encoding));
    }
}
