//! What `msgpack::lift_at_most` must say, by `rmp`: the same signals, or the same error at the same place.
//!
//! `rmp` only cuts the document into values. What is refused of them on purpose:
//! - extension types, keys that are no strings or there twice, maps of more than 1,024 keys, strings that are not UTF-8
//! - 65 levels of nesting
//! - arrays and maps that announce more values than there are bytes, before any of those is looked at

use std::collections::HashSet;

use ecg_core::json::{Code, MAX_DEPTH};

use crate::tokens::{Token, token};
use crate::verdict::{Expected, Refusal};

const MAX_KEYS: usize = 1024;

/// The skeleton and the signals of a document, if there are no more.
///
/// # Errors
/// [`Refusal`] where `lift_at_most` must fail.
pub fn lift(body: &[u8], max_signals: usize) -> Expected<(Vec<u8>, Vec<Vec<i32>>)> {
    let (path, signals, skeleton) = (Vec::new(), Vec::new(), Vec::new());
    let mut walk = Walk { body, rest: body, path, max_signals, signals, skeleton, kept: 0 };
    walk.value(0)?;
    if !walk.rest.is_empty() {
        return Err(walk.refused(Code::Trailing, walk.at()));
    }
    walk.skeleton.extend(&body[walk.kept..]);
    Ok((walk.skeleton, walk.signals))
}

/// A walk in the order of the document.
struct Walk<'a> {
    body: &'a [u8],
    rest: &'a [u8],
    path: Vec<String>,
    max_signals: usize,
    signals: Vec<Vec<i32>>,
    skeleton: Vec<u8>,
    kept: usize,
}

/// A signal as it is written, and where.
enum Written<'a> {
    Integers,
    Bytes(usize, usize, &'a [u8]),
}

/// What stands at `encoding`, and where.
type Encoding<'a> = Option<(usize, Token<'a>)>;

impl<'a> Walk<'a> {
    fn at(&self) -> usize {
        self.body.len() - self.rest.len()
    }

    fn refused(&self, code: Code, offset: usize) -> Refusal {
        Refusal::at(&self.path, code, Some(offset))
    }

    fn inside<T>(&mut self, step: String, work: impl FnOnce(&mut Self) -> Expected<T>) -> Expected<T> {
        self.path.push(step);
        let done = work(self)?;
        self.path.pop();
        Ok(done)
    }

    fn token(&mut self) -> Expected<Token<'a>> {
        let start = self.at();
        match token(&mut self.rest) {
            None => Err(Refusal::at(&self.path, Code::Syntax, None)),
            Some(Token::Extension) => Err(self.refused(Code::Unsupported, start)),
            Some(Token::Text(text)) => match std::str::from_utf8(text) {
                Ok(_) => Ok(Token::Text(text)),
                Err(error) => Err(self.refused(Code::Encoding, self.at() - text.len() + error.valid_up_to())),
            },
            Some(token) => Ok(token),
        }
    }

    /// Goes past a value, and returns how it begins.
    fn value(&mut self, depth: usize) -> Expected<Token<'a>> {
        let start = self.at();
        let token = self.token()?;
        match token {
            Token::Map(len) if len > MAX_KEYS => return Err(self.refused(Code::Unsupported, start)),
            Token::Array(_) | Token::Map(_) if depth == MAX_DEPTH => {
                return Err(self.refused(Code::Depth, start));
            }
            Token::Map(len) => self.map(len, depth + 1)?,
            Token::Array(len) => {
                for index in 0..len {
                    self.inside(index.to_string(), |walk| walk.value(depth + 1))?;
                }
            }
            _ => {}
        }
        Ok(token)
    }

    fn map(&mut self, len: usize, depth: usize) -> Expected<()> {
        let (mut seen, mut signal, mut encoding) = (HashSet::new(), None, None);
        for _ in 0..len {
            let start = self.at();
            let Token::Text(key) = self.token()? else { return Err(self.refused(Code::Unsupported, start)) };
            self.inside(String::from_utf8_lossy(key).into(), |walk| {
                let at = walk.at();
                match key {
                    _ if !seen.insert(key) => return Err(walk.refused(Code::DuplicateKey, start)),
                    b"signal" => signal = Some(walk.signal(depth)?),
                    b"encoding" => encoding = Some((at, walk.value(depth)?)),
                    _ => _ = walk.value(depth)?,
                }
                Ok(())
            })?;
        }
        signal.map_or(Ok(()), |signal| self.decode(&signal, &encoding))
    }

    fn signal(&mut self, depth: usize) -> Expected<Written<'a>> {
        let (start, index) = (self.at(), self.signals.len());
        if index == self.max_signals {
            return Err(self.refused(Code::TooManySignals, start));
        }
        let (samples, written) = match self.token()? {
            Token::Array(_) if depth == MAX_DEPTH => return Err(self.refused(Code::Depth, start)),
            Token::Array(len) => (self.integers(len)?, Written::Integers),
            Token::Binary(bytes) => (Vec::new(), Written::Bytes(index, start, bytes)),
            _ => return Err(self.refused(Code::NotAnArray, start)),
        };
        self.skeleton.extend(&self.body[self.kept..start]);
        self.kept = self.at();
        match u8::try_from(index) {
            Ok(index @ ..0x80) => self.skeleton.push(index),
            _ => self.skeleton.extend([&[0xcf], &(index as u64).to_be_bytes()[..]].concat()),
        }
        self.signals.push(samples);
        Ok(written)
    }

    fn integers(&mut self, len: usize) -> Expected<Vec<i32>> {
        let integer = |walk: &mut Self| {
            let start = walk.at();
            let Token::Integer(integer) = walk.token()? else {
                return Err(walk.refused(Code::NotAnInteger, start));
            };
            i32::try_from(integer).map_err(|_| walk.refused(Code::OutOfRange, start))
        };
        (0..len).map(|index| self.inside(index.to_string(), integer)).collect()
    }

    fn decode(&mut self, signal: &Written<'a>, encoding: &Encoding<'a>) -> Expected<()> {
        let (place, name) = match encoding {
            Some((at, Token::Text(name))) => (*at, Some(*name)),
            Some((at, Token::Null)) => (*at, None),
            Some((at, _)) => (*at, Some(&b"?"[..])),
            None => (0, None),
        };
        let Written::Bytes(index, start, bytes) = *signal else {
            return name.map_or(Ok(()), |_| self.misencoded(place));
        };
        let width = match name {
            Some(b"i16le") => 2,
            Some(b"i32le") => 4,
            _ => return self.misencoded(place),
        };
        if bytes.len() % width != 0 {
            return self.inside("signal".into(), |walk| Err(walk.refused(Code::WrongLength, start)));
        }
        self.signals[index] = bytes.chunks(width).map(little_endian).collect();
        Ok(())
    }

    fn misencoded(&mut self, place: usize) -> Expected<()> {
        self.inside("encoding".into(), |walk| Err(walk.refused(Code::WrongEncoding, place)))
    }
}

/// A number of two or four bytes with a sign.
fn little_endian(bytes: &[u8]) -> i32 {
    let number = bytes.iter().rev().fold(0_i64, |number, &byte| number << 8 | i64::from(byte));
    let limit = 1_i64 << (8 * bytes.len() - 1);
    i32::try_from((number ^ limit) - limit).expect("at most four bytes")
}
