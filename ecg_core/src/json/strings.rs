//! JSON strings: UTF-8, escapes, surrogate pairs.

use std::borrow::Cow;

use super::error::{Code, Fault, MAX_POINTER, Result};
use super::scanner::Scanner;
use crate::memory::{OutOfMemory, Room};

impl<'a> Scanner<'a> {
    /// Goes past a string, from its opening quote on, and returns what stands between the quotes.
    pub(super) fn string(&mut self) -> Result<&'a [u8]> {
        self.at += 1;
        let start = self.at;
        loop {
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => self.escape().map(drop)?,
                Some(0x20..0x80) => self.at += 1,
                Some(0x80..) => self.wide()?,
                _ => return Err(self.unexpected("expected a closing quote")),
            }
        }
        self.at += 1;
        Ok(&self.text[start..self.at - 1])
    }

    /// Goes past an escape, from its backslash on, and returns what it stands for.
    fn escape(&mut self) -> Result<char> {
        let start = self.at;
        self.at += 1;
        let letter = self.peek();
        self.at += 1;
        let meaning = match letter {
            Some(b'u') => self.unicode(),
            Some(letter) => short(letter),
            None => None,
        };
        meaning.ok_or_else(|| Fault::new(Code::Syntax, start, "invalid escape"))
    }

    fn unicode(&mut self) -> Option<char> {
        let unit = self.hex()?;
        if !(0xD800..0xDC00).contains(&unit) {
            return char::from_u32(unit); // None for a low surrogate on its own
        }
        let low = (self.take(b'\\') && self.take(b'u')).then(|| self.hex())??;
        let pair = (0xDC00..0xE000).contains(&low);
        pair.then(|| char::from_u32(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00)))?
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        self.at += 4;
        digits.iter().try_fold(0, |unit, &digit| Some(unit << 4 | char::from(digit).to_digit(16)?))
    }
}

fn short(letter: u8) -> Option<char> {
    Some(match letter {
        b'"' | b'\\' | b'/' => char::from(letter),
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        _ => return None,
    })
}

/// The meaning of what stands between the quotes of a valid string.
pub(super) fn unescape(raw: &[u8]) -> std::result::Result<Cow<'_, [u8]>, OutOfMemory> {
    if !raw.contains(&b'\\') {
        return Ok(Cow::Borrowed(raw));
    }
    let mut scan = Scanner::new(raw);
    let mut meaning = Vec::with_room(raw.len())?;
    while let Some(byte) = scan.peek() {
        match scan.escape_here(byte) {
            Some(character) => meaning.extend(character.encode_utf8(&mut [0; 4]).bytes()),
            None => meaning.push(byte),
        }
    }
    Ok(Cow::Owned(meaning))
}

/// The meaning of a key for a pointer: of a long one only more than any pointer has room for.
pub(super) fn component(raw: &[u8]) -> String {
    let enough = &raw[..raw.len().min(8 * MAX_POINTER)]; // an escape has six bytes, and means one or more
    let key = unescape(enough).unwrap_or(enough.into());
    String::from_utf8_lossy(&key).into_owned()
}

impl Scanner<'_> {
    fn escape_here(&mut self, byte: u8) -> Option<char> {
        if byte == b'\\' {
            return self.escape().ok();
        }
        self.at += 1;
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meaning(text: &str) -> Option<String> {
        let raw = Scanner::new(text.as_bytes()).string().ok()?;
        String::from_utf8(unescape(raw).unwrap().into_owned()).ok()
    }

    #[test]
    fn escapes_have_their_meaning() {
        assert_eq!(meaning(r#""\u0073ignal""#).unwrap(), "signal");
        assert_eq!(meaning(r#""\"\\\/\b\f\n\r\t""#).unwrap(), "\"\\/\u{8}\u{c}\n\r\t");
        assert_eq!(meaning(r#""\ud83d\udc93 \u00e9 é""#).unwrap(), "💓 é é");
    }

    #[test]
    fn a_key_too_long_for_a_pointer_stays_too_long() {
        for unit in ["k", "é", "💓", r"\u0041", r"\ud83d\udc93"] {
            for count in [MAX_POINTER, MAX_POINTER + 1, 4096] {
                let raw = unit.repeat(count);
                let whole = String::from_utf8(unescape(raw.as_bytes()).unwrap().into_owned()).unwrap();
                let cut = component(raw.as_bytes());
                assert!(cut == whole || cut.len() > MAX_POINTER && whole.len() > MAX_POINTER, "{unit}");
            }
        }
    }

    #[test]
    fn what_is_no_string_is_refused() {
        for wrong in [
            r#""\x""#,
            r#""\u12""#,
            r#""\u+123""#,
            r#""\ud800""#,
            r#""\udc00""#,
            r#""\ud800\u0041""#,
            "\"\n\"",
            "\"",
            "\"\\",
        ] {
            assert_eq!(meaning(wrong), None, "{wrong}");
        }
        assert!(Scanner::new(b"\"\xff\"").string().is_err());
    }
}
