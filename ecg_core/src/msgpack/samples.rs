//! The samples of a signal: an array of integers, or bytes in a named encoding.

use super::reader::Reader;
use super::token::Token;
use crate::gathering::{Gathered, Gathering};
use crate::json::{Code, Fault, Result, Step};
use crate::memory::OutOfMemory;

/// The key, beside the one of a signal, that names the encoding of its bytes.
pub(super) const ENCODING: &[u8] = b"encoding";

/// How the samples of a signal are written, by what stands at `encoding` beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Nothing, or null.
    #[default]
    None,
    I16,
    I32,
    Unknown,
}

impl Encoding {
    pub(super) fn named(token: &Token<'_>) -> Self {
        match token {
            Token::Null => Self::None,
            Token::Text(b"i16le") => Self::I16,
            Token::Text(b"i32le") => Self::I32,
            _ => Self::Unknown,
        }
    }

    /// The samples of these bytes, if they are whole ones; nothing if the encoding is none.
    pub(super) fn decoded<G: Gathered>(self, bytes: &[u8]) -> Option<std::result::Result<G, OutOfMemory>> {
        match self {
            Self::I16 => whole(bytes, |sample| i16::from_le_bytes(sample).into()),
            Self::I32 => whole(bytes, i32::from_le_bytes),
            Self::None | Self::Unknown => None,
        }
    }

    pub(super) fn is_known(self) -> bool {
        matches!(self, Self::I16 | Self::I32)
    }
}

fn whole<const N: usize, G: Gathered>(
    bytes: &[u8],
    sample: impl Fn([u8; N]) -> i32,
) -> Option<std::result::Result<G, OutOfMemory>> {
    let (samples, rest) = bytes.as_chunks::<N>();
    let decode = || {
        let mut decoded = Gathering::with_room(samples.len())?;
        for run in samples.chunks(G::RUN) {
            decoded.settle(run.len())?;
            decoded.samples.extend(run.iter().map(|&bytes| sample(bytes)));
        }
        decoded.made()
    };
    rest.is_empty().then(decode)
}

/// The elements of an array, each of which has a byte at least.
pub(super) fn integers<G: Gathered>(reader: &mut Reader<'_>, len: usize) -> Result<G> {
    let mut integers = Gathering::with_room(len)?;
    for index in 0..len {
        integers.settle(1)?;
        if let Some(integer) = reader.small() {
            integers.samples.push(integer);
            continue;
        }
        let start = reader.at;
        let integer = match reader.token() {
            Ok(Token::Integer(Some(integer))) => Ok(integer),
            Ok(Token::Integer(None)) => Err(Fault::new(Code::OutOfRange, start, "integer beyond 32 bits")),
            Ok(_) => Err(Fault::new(Code::NotAnInteger, start, "expected an integer")),
            Err(fault) => Err(fault),
        };
        integers.samples.push(integer.map_err(|fault| fault.inside(|| Step::Index(index)))?);
    }
    Ok(integers.made()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::Signal;

    #[test]
    fn bytes_are_little_endian_samples() {
        let decoded = |encoding: Encoding, bytes: &[u8]| {
            encoding.decoded::<Signal>(bytes).map(|signal| signal.unwrap().samples().to_vec())
        };
        let bytes = [0xff, 0x7f, 0x00, 0x80, 0xff, 0xff, 0xff, 0xff];
        assert_eq!(decoded(Encoding::I16, &bytes), Some(vec![32_767, -32_768, -1, -1]));
        assert_eq!(decoded(Encoding::I32, &bytes), Some(vec![-2_147_450_881, -1]));
        assert_eq!(decoded(Encoding::I16, &[]), Some(vec![]));
    }

    #[test]
    fn parts_of_samples_and_other_encodings_give_none() {
        assert_eq!(Encoding::I16.decoded::<Signal>(&[0; 3]), None);
        assert_eq!(Encoding::I32.decoded::<Signal>(&[0; 6]), None);
        for encoding in [Encoding::None, Encoding::Unknown] {
            assert_eq!((encoding.decoded::<Signal>(&[]), encoding.is_known()), (None, false));
        }
    }
}
