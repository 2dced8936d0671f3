//! What was read beside what must be read.

use std::fmt::Debug;

use ecg_core::json::{Code, DecodeError, MAX_POINTER};

/// Why a document must be refused.
#[derive(Debug)]
pub enum Refusal {
    /// It is not JSON: where that is noticed depends on how it is read.
    Somehow,
    /// It has this in it.
    For {
        /// What is wrong.
        code: Code,
        /// Where its value begins; unknown for keys, and inside of strings, of JSON.
        offset: Option<usize>,
        /// The JSON Pointer.
        pointer: String,
    },
}

impl Refusal {
    /// The refusal of what is at the end of a path.
    #[must_use]
    pub fn at(path: &[String], code: Code, offset: Option<usize>) -> Self {
        let mut pointer = String::new();
        for step in path {
            let longer = format!("{pointer}/{}", step.replace('~', "~0").replace('/', "~1"));
            if longer.len() > MAX_POINTER {
                break;
            }
            pointer = longer;
        }
        Self::For { code, offset, pointer }
    }
}

/// What must be read.
pub type Expected<T> = Result<T, Refusal>;

/// Compares what was found with what must be.
///
/// # Panics
/// If they differ.
pub fn judge<T: PartialEq + Debug>(text: &[u8], found: Result<T, DecodeError>, expected: Expected<T>) {
    match (found, expected) {
        (Ok(found), Ok(expected)) => assert_eq!(found, expected),
        (Err(error), Err(refusal)) => judge_error(text, &error, &refusal),
        (found, expected) => panic!("{found:?} instead of {expected:?}"),
    }
}

fn judge_error(text: &[u8], error: &DecodeError, refusal: &Refusal) {
    assert!(error.offset <= text.len() && error.pointer.len() <= MAX_POINTER, "{error:?}");
    match refusal {
        Refusal::Somehow if error.code == Code::Encoding => {
            let invalid = std::str::from_utf8(text).map_err(|error| error.valid_up_to());
            assert_eq!(invalid, Err(error.offset), "{error:?}");
        }
        Refusal::Somehow => {}
        Refusal::For { code, offset, pointer } => {
            assert_eq!((error.code, &error.pointer), (*code, pointer));
            assert_eq!(error.offset, offset.unwrap_or(error.offset));
        }
    }
}
