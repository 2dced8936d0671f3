//! Takes the signals out of a document.

use std::borrow::Cow;

use super::place::{Lift, component};
use super::reader::Reader;
use super::samples::ENCODING;
use super::signal::Found;
use super::token::Token;
use crate::gathering::Gathered;
use crate::json::{Code, DecodeError, Fault, Keys, Lifted, MAX_DEPTH, Object, Result, Step};

/// The most keys of a map. A key takes ten times its bytes in memory, so that without a bound they could take more
/// than all samples do.
const MAX_KEYS: usize = 1024;

/// Takes the signals at `key`, at any depth, out of a msgpack document; at most `max_signals`, and the next one
/// is not read. A signal is an array of integers, or bytes of little-endian samples with their `encoding`, `i16le`
/// or `i32le`, in the same map. Long ones may be packed while they are read ([`crate::blob::Recorded`]).
///
/// ```
/// let body = b"\x82\xa6signal\xc4\x04\x01\x00\xfe\xff\xa8encoding\xa5i16le";
/// let lifted = ecg_core::msgpack::lift_at_most::<ecg_core::Signal>(body, "signal", 1)?;
/// assert_eq!(lifted.skeleton, b"\x82\xa6signal\x00\xa8encoding\xa5i16le");
/// assert_eq!(lifted.signals[0].samples(), [1, -2]);
/// # Ok::<(), ecg_core::json::DecodeError>(())
/// ```
///
/// # Errors
/// [`DecodeError`] if anything in the document is not msgpack, a key is no string, a value is of an extension
/// type, or a value at `key` is not a signal.
pub fn lift_at_most<G: Gathered>(
    body: &[u8],
    key: &str,
    max_signals: usize,
) -> std::result::Result<Lifted<G>, DecodeError> {
    let mut lift = Lift {
        reader: Reader { body, at: 0 },
        key: key.as_bytes(),
        max_signals,
        keys: Keys::default(),
        depth: 0,
        lifted: Lifted::default(),
        kept: 0,
    };
    lift.value()?;
    if lift.reader.left() > 0 {
        return Err(Fault::new(Code::Trailing, lift.reader.at, "expected the end").into());
    }
    lift.keep(body.len()).map_err(Fault::from)?;
    Ok(lift.lifted)
}

impl<'a, G: Gathered> Lift<'a, G> {
    pub(super) fn value(&mut self) -> Result<()> {
        let start = self.reader.at;
        match self.reader.token()? {
            Token::Array(len) => self.nested(start, |lift| lift.array(len)),
            Token::Map(len) if len > MAX_KEYS => {
                Err(Fault::new(Code::Unsupported, start, "expected at most 1024 keys"))
            }
            Token::Map(len) => self.nested(start, |lift| lift.map(len)),
            _ => Ok(()),
        }
    }

    pub(super) fn nested<T>(
        &mut self,
        start: usize,
        inner: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        if self.depth == MAX_DEPTH {
            return Err(Fault::new(Code::Depth, start, "nested too deeply"));
        }
        self.depth += 1;
        let found = inner(self)?;
        self.depth -= 1;
        Ok(found)
    }

    fn array(&mut self, len: usize) -> Result<()> {
        (0..len).try_for_each(|index| self.value().map_err(|fault| fault.inside(|| Step::Index(index))))
    }

    fn map(&mut self, len: usize) -> Result<()> {
        let (mut object, mut found) = (self.keys.open(), Found::default());
        for _ in 0..len {
            self.member(&mut object, &mut found)?;
        }
        self.keys.close(&object);
        self.decode(&found)
    }

    fn member(&mut self, object: &mut Object<'a>, found: &mut Found<'a>) -> Result<()> {
        let start = self.reader.at;
        let Token::Text(key) = self.reader.token()? else {
            return Err(Fault::new(Code::Unsupported, start, "expected a string as key"));
        };
        let inside = || component(key);
        if !self.keys.insert(object, Cow::Borrowed(key))? {
            return Err(Fault::new(Code::DuplicateKey, start, "duplicate key").inside(inside));
        }
        let outcome = if key == self.key {
            self.signal().map(|signal| found.signal = signal)
        } else if key == ENCODING {
            self.encoding(found)
        } else {
            self.value()
        };
        outcome.map_err(|fault| fault.inside(inside))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::Signal;

    type Place = (Code, usize, String);

    fn lifted(body: &[u8]) -> std::result::Result<(Vec<u8>, Vec<Vec<i32>>), Place> {
        let lifted = lift_at_most::<Signal>(body, "signal", 300)
            .map_err(|error| (error.code, error.offset, error.pointer.clone()))?;
        Ok((lifted.skeleton, lifted.signals.iter().map(|signal| signal.samples().to_vec()).collect()))
    }

    fn refused(body: &[u8]) -> Place {
        lifted(body).unwrap_err()
    }

    #[test]
    fn signals_become_their_index() {
        let body = b"\x92\x81\xa6signal\x93\x01\xd1\x80\x00\xff\x82\xa8encoding\xa5i32le\xa6signal\xc4\x04\x07\x00\x00\x00";
        let skeleton = b"\x92\x81\xa6signal\x00\x82\xa8encoding\xa5i32le\xa6signal\x01";
        assert_eq!(lifted(body), Ok((skeleton.to_vec(), vec![vec![1, -32_768, -1], vec![7]])));
        assert_eq!(lifted(b"\x82\xa6signal\x90\xa8encoding\xc0").unwrap().1, [Vec::<i32>::new()]);
        assert_eq!(lifted(b"\x81\xa8encoding\x07"), Ok((b"\x81\xa8encoding\x07".to_vec(), vec![])));
    }

    #[test]
    fn every_kind_of_error_has_its_code_and_its_place() {
        for (body, code, offset, pointer) in [
            (&b"\x81\xa6signal\x92\x01"[..], Code::Syntax, 8, "/signal"),
            (b"\x81\xa6signal\x92\x01\xcd", Code::Syntax, 11, "/signal/1"),
            (b"\x81\xa6signal\xdd\xff\xff\xff\xff\x01", Code::Syntax, 8, "/signal"),
            (b"\xc0\xc0", Code::Trailing, 1, ""),
            (b"\x81\xa1a\xa1\xff", Code::Encoding, 4, "/a"),
            (b"\x82\xa1a\x00\xa1a\x00", Code::DuplicateKey, 4, "/a"),
            (b"\x82\xa1a\x00\xd9\x01a\x00", Code::DuplicateKey, 4, "/a"),
            (b"\x81\x01\x00", Code::Unsupported, 1, ""),
            (b"\x81\xa1a\xd4\x00\x00", Code::Unsupported, 3, "/a"),
            (b"\x81\xa6signal\xa1x", Code::NotAnArray, 8, "/signal"),
            (b"\x81\xa6signal\xc0", Code::NotAnArray, 8, "/signal"),
            (b"\x81\xa6signal\x92\x01\xca\x00\x00\x00\x00", Code::NotAnInteger, 10, "/signal/1"),
            (b"\x81\xa6signal\x91\xc3", Code::NotAnInteger, 9, "/signal/0"),
            (b"\x81\xa6signal\x91\xce\xff\xff\xff\xff", Code::OutOfRange, 9, "/signal/0"),
            (b"\x81\xa6signal\xc4\x02\x00\x00", Code::WrongEncoding, 0, "/encoding"),
            (b"\x82\xa6signal\xc4\x00\xa8encoding\xa3i16", Code::WrongEncoding, 19, "/encoding"),
            (b"\x82\xa6signal\xc4\x00\xa8encoding\x91\x00", Code::WrongEncoding, 19, "/encoding"),
            (b"\x82\xa6signal\x90\xa8encoding\xa5i16le", Code::WrongEncoding, 18, "/encoding"),
            (b"\x82\xa6signal\xc4\x01\x00\xa8encoding\xa5i16le", Code::WrongLength, 8, "/signal"),
        ] {
            assert_eq!(refused(body), (code, offset, pointer.into()), "{body:x?}");
        }
    }

    #[test]
    fn nesting_has_a_bound() {
        let nested = |depth| [vec![0x91; depth], vec![0]].concat();
        assert!(lifted(&nested(MAX_DEPTH)).is_ok());
        assert_eq!(refused(&nested(MAX_DEPTH + 1)).0, Code::Depth);
        assert_eq!(refused(&nested(1_000_000)).0, Code::Depth);
    }

    #[test]
    fn keys_have_a_bound() {
        let keys = |count: u16| {
            let keys =
                (0..count).flat_map(|key| [&b"\xa4"[..], format!("{key:04}").as_bytes(), b"\x00"].concat());
            [&b"\x91\xde"[..], &count.to_be_bytes()].concat().into_iter().chain(keys).collect::<Vec<_>>()
        };
        assert!(lifted(&keys(1024)).is_ok());
        assert_eq!(refused(&keys(1025)), (Code::Unsupported, 1, "/0".into()));
    }
}
