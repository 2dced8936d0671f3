//! What is wrong with a document, and where.

use std::fmt;

use crate::memory::OutOfMemory;

/// The longest JSON Pointer of a [`DecodeError`], in bytes.
pub const MAX_POINTER: usize = 256;

/// The kinds of errors; the names are part of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// Not JSON, or not msgpack.
    Syntax,
    /// The document has ended and something follows.
    Trailing,
    /// Not UTF-8.
    Encoding,
    /// Nested too deeply.
    Depth,
    /// A key is there twice.
    DuplicateKey,
    /// A signal is something else than an array, or bytes.
    NotAnArray,
    /// An element of a signal is something else than an integer.
    NotAnInteger,
    /// An integer does not fit 32 bits.
    OutOfRange,
    /// There are more signals than the caller takes.
    TooManySignals,
    /// msgpack that is not taken: an extension type, a key that is no string, or a map of more than 1,024 keys.
    Unsupported,
    /// A signal of bytes has no encoding that is known, or an array has one.
    WrongEncoding,
    /// The bytes of a signal are no whole samples.
    WrongLength,
    /// Nothing is wrong with the document, but there is not enough memory; the place is not known.
    OutOfMemory,
}

impl Code {
    /// The stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Syntax => "syntax",
            Self::Trailing => "trailing",
            Self::Encoding => "encoding",
            Self::Depth => "depth",
            Self::DuplicateKey => "duplicate_key",
            Self::NotAnArray => "not_an_array",
            Self::NotAnInteger => "not_an_integer",
            Self::OutOfRange => "out_of_range",
            Self::TooManySignals => "too_many_signals",
            Self::Unsupported => "unsupported",
            Self::WrongEncoding => "wrong_encoding",
            Self::WrongLength => "wrong_length",
            Self::OutOfMemory => "out_of_memory",
        }
    }
}

/// Why a document is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    /// What is wrong.
    pub code: Code,
    /// The byte it is wrong at.
    pub offset: usize,
    /// The JSON Pointer (RFC 6901) of the value it is wrong in, cut to [`MAX_POINTER`] bytes.
    pub pointer: String,
    detail: &'static str,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            Code::OutOfMemory => OutOfMemory.fmt(f),
            _ if self.pointer.is_empty() => write!(f, "{} at byte {}", self.detail, self.offset),
            _ => write!(f, "{} at byte {}, pointer {:?}", self.detail, self.offset, self.pointer),
        }
    }
}

impl std::error::Error for DecodeError {}

/// One component of a pointer.
#[derive(Debug)]
pub(crate) enum Step {
    Key(String),
    Index(usize),
}

/// An error on its way out of the document: each level adds its step. Without a place memory has ended, and none
/// is taken to say so.
#[derive(Debug)]
pub(crate) struct Fault(Option<Box<Place>>); // boxed, since it is rare

#[derive(Debug)]
struct Place {
    code: Code,
    offset: usize,
    detail: &'static str,
    steps: Vec<Step>,
}

pub(crate) type Result<T> = std::result::Result<T, Fault>;

impl Fault {
    pub(crate) fn new(code: Code, offset: usize, detail: &'static str) -> Self {
        Self(Some(Box::new(Place { code, offset, detail, steps: Vec::new() })))
    }

    pub(crate) fn inside(mut self, step: impl FnOnce() -> Step) -> Self {
        if let Some(place) = &mut self.0 {
            place.steps.push(step());
        }
        self
    }
}

impl From<Fault> for DecodeError {
    fn from(fault: Fault) -> Self {
        let Some(place) = fault.0 else {
            return Self { code: Code::OutOfMemory, offset: 0, pointer: String::new(), detail: "" };
        };
        let Place { code, offset, detail, steps } = *place;
        Self { code, offset, detail, pointer: pointer(&steps) }
    }
}

impl From<OutOfMemory> for Fault {
    fn from(_: OutOfMemory) -> Self {
        Self(None)
    }
}

fn pointer(steps: &[Step]) -> String {
    let mut pointer = String::new();
    for step in steps.iter().rev() {
        let component = match step {
            Step::Key(key) => key.replace('~', "~0").replace('/', "~1"),
            Step::Index(index) => index.to_string(),
        };
        if pointer.len() + 1 + component.len() > MAX_POINTER {
            break;
        }
        pointer.push('/');
        pointer.push_str(&component);
    }
    pointer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_are_escaped_and_kept_whole() {
        let key = |text: &str| Step::Key(text.into());
        assert_eq!(pointer(&[Step::Index(7), key("a/b~")]), "/a~1b~0/7");
        assert_eq!(pointer(&[Step::Index(7), key(&"k".repeat(255))]).len(), 256);
        assert_eq!(pointer(&[Step::Index(7), key(&"k".repeat(256))]), "");
    }
}
