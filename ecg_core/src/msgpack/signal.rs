//! The signal of a map: integers, or bytes whose encoding may stand before or behind them.

use super::place::{Lift, component};
use super::reader::Reader;
use super::samples::{ENCODING, Encoding, integers};
use super::token::Token;
use crate::gathering::{Gathered, Gathering};
use crate::json::{Code, Fault, Result};
use crate::memory::{OutOfMemory, Room};

/// What a map has at the key of signals.
#[derive(Clone, Copy, Default)]
pub(super) enum Kind<'a> {
    #[default]
    Nothing,
    Integers,
    /// The signal with this index begins at this byte; its samples are not known yet.
    Bytes(usize, usize, &'a [u8]),
}

/// The signal of a map: its encoding may stand before or behind it.
#[derive(Default)]
pub(super) struct Found<'a> {
    pub(super) signal: Kind<'a>,
    encoding: Encoding,
    /// Where the encoding stands.
    at: usize,
}

impl<'a, G: Gathered> Lift<'a, G> {
    /// Goes past a signal, which leaves its index; bytes are returned, for their encoding is not known yet.
    pub(super) fn signal(&mut self) -> Result<Kind<'a>> {
        let (start, index) = (self.reader.at, self.lifted.signals.len());
        if index == self.max_signals {
            return Err(Fault::new(Code::TooManySignals, start, "more signals than may be"));
        }
        self.keep(start)?;
        let (signal, kind) = match self.reader.token()? {
            Token::Array(len) => {
                (self.nested(start, |lift| integers(&mut lift.reader, len))?, Kind::Integers)
            }
            Token::Binary(bytes) => (Gathering::new(Vec::new()).made()?, Kind::Bytes(index, start, bytes)),
            _ => return Err(Fault::new(Code::NotAnArray, start, "expected an array of integers, or bytes")),
        };
        self.kept = self.reader.at;
        append(index, &mut self.lifted.skeleton)?;
        self.lifted.signals.add(signal)?;
        Ok(kind)
    }

    pub(super) fn encoding(&mut self, found: &mut Found<'a>) -> Result<()> {
        found.at = self.reader.at;
        self.value()?;
        let mut again = Reader { body: self.reader.body, at: found.at };
        found.encoding = Encoding::named(&again.token()?);
        Ok(())
    }

    /// Puts the samples of bytes where their signal is.
    pub(super) fn decode(&mut self, found: &Found<'a>) -> Result<()> {
        let wrong = |detail| Fault::new(Code::WrongEncoding, found.at, detail).inside(|| component(ENCODING));
        let (index, start, bytes) = match found.signal {
            Kind::Bytes(index, start, bytes) => (index, start, bytes),
            Kind::Integers if found.encoding != Encoding::None => {
                return Err(wrong("an array of integers has no encoding"));
            }
            Kind::Nothing | Kind::Integers => return Ok(()),
        };
        if !found.encoding.is_known() {
            return Err(wrong("expected i16le or i32le, the encoding of the signal's bytes"));
        }
        let part = || Fault::new(Code::WrongLength, start, "the bytes end in a part of a sample");
        let signal = found.encoding.decoded(bytes).ok_or_else(|| part().inside(|| component(self.key)))?;
        self.lifted.signals[index] = signal?;
        Ok(())
    }
}

/// Appends an index, as an integer of msgpack.
fn append(index: usize, skeleton: &mut Vec<u8>) -> std::result::Result<(), OutOfMemory> {
    match u8::try_from(index) {
        Ok(index) if index < 0x80 => skeleton.add(index),
        _ => {
            skeleton.add(0xcf)?;
            skeleton.add_all(&(index as u64).to_be_bytes())
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::json::Code;
    use crate::msgpack::lift_at_most;
    use crate::signal::Signal;

    #[test]
    fn indices_beyond_one_byte_are_integers_too() {
        let mut body = b"\xdc\x00\x81".to_vec();
        (0..129).for_each(|_| body.extend(b"\x81\xa6signal\x90"));
        let lifted = lift_at_most::<Signal>(&body, "signal", 129).unwrap();
        assert_eq!(lifted.signals.len(), 129);
        assert!(
            lifted
                .skeleton
                .ends_with(b"\x81\xa6signal\x7f\x81\xa6signal\xcf\x00\x00\x00\x00\x00\x00\x00\x80")
        );
    }

    #[test]
    fn signals_beyond_the_bound_are_not_read() {
        let body = b"\x92\x81\xa6signal\x90\x81\xa6signal\xa1x";
        let error = lift_at_most::<Signal>(body, "signal", 1).unwrap_err();
        assert_eq!((error.code, error.offset, &*error.pointer), (Code::TooManySignals, 18, "/1/signal"));
    }
}
