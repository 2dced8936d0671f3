//! What `lift` and `parse` must say, by `serde_json`: the same signals, or the same error at the same place.
//!
//! `serde_json` only cuts the document into values as they are spelled. Where we differ on purpose from what
//! it makes of them by default:
//! - looser: -0 is an integer (it reads a float), and a number outside of signals may be beyond `f64`
//! - stricter: 64 levels of nesting (it: 127), no duplicate keys, lone surrogates are refused even where
//!   nobody looks; in signals 1.0 and 1e3 are no integers (it refuses them too)

use std::collections::HashSet;
use std::ops::Range;

use ecg_core::json::{Code, MAX_DEPTH};
use serde_json::value::RawValue;

use crate::members::Members;
use crate::verdict::{Expected, Refusal};

/// The skeleton and the signals of a document.
///
/// # Errors
/// [`Refusal`] where `lift` must fail.
pub fn lift(body: &[u8]) -> Expected<(Vec<u8>, Vec<Vec<i32>>)> {
    let mut walk = Walk::new(body);
    walk.value(value(body)?, 0)?;
    let (mut skeleton, mut kept) = (Vec::new(), 0);
    for (index, place) in walk.places.iter().enumerate() {
        skeleton.extend_from_slice(&body[kept..place.start]);
        skeleton.extend_from_slice(index.to_string().as_bytes());
        kept = place.end;
    }
    skeleton.extend_from_slice(&body[kept..]);
    Ok((skeleton, walk.signals))
}

/// The samples of a document that is one signal.
///
/// # Errors
/// [`Refusal`] where `parse` must fail.
pub fn parse(text: &[u8]) -> Expected<Vec<i32>> {
    let mut walk = Walk::new(text);
    walk.signal(value(text)?, 0)?;
    Ok(walk.signals.remove(0))
}

fn value(text: &[u8]) -> Expected<&RawValue> {
    serde_json::from_slice(text).map_err(|_| Refusal::Somehow)
}

/// A walk in the order of the document.
struct Walk<'a> {
    text: &'a [u8],
    path: Vec<String>,
    lifting: bool,
    signals: Vec<Vec<i32>>,
    places: Vec<Range<usize>>,
}

impl<'a> Walk<'a> {
    fn new(text: &'a [u8]) -> Self {
        Self { text, path: Vec::new(), lifting: true, signals: Vec::new(), places: Vec::new() }
    }

    fn value(&mut self, raw: &'a RawValue, depth: usize) -> Expected<()> {
        match raw.get().as_bytes()[0] {
            b'{' => self.object(raw, depth),
            b'[' => self.elements(raw, depth, |walk, element| walk.value(element, depth + 1)),
            b'"' => match serde_json::from_str::<String>(raw.get()) {
                Ok(_) => Ok(()),
                Err(_) => Err(self.refused(Code::Syntax, None)),
            },
            _ => Ok(()),
        }
    }

    fn object(&mut self, raw: &'a RawValue, depth: usize) -> Expected<()> {
        self.bounded(raw, depth)?;
        let Members(members) = serde_json::from_str(raw.get()).map_err(|_| Refusal::Somehow)?;
        let mut seen = HashSet::new();
        for (key, value) in members {
            self.path.push(key.clone());
            let signal = self.lifting && key == "signal";
            if !seen.insert(key) {
                return Err(self.refused(Code::DuplicateKey, None));
            }
            if signal {
                self.signal(value, depth + 1)?;
            } else {
                self.value(value, depth + 1)?;
            }
            self.path.pop();
        }
        Ok(())
    }

    fn signal(&mut self, raw: &'a RawValue, depth: usize) -> Expected<()> {
        if !raw.get().starts_with('[') {
            return self.other(raw, depth, Code::NotAnArray);
        }
        let mut samples = Vec::new();
        self.elements(raw, depth, |walk, element| {
            samples.push(walk.sample(element, depth + 1)?);
            Ok(())
        })?;
        self.signals.push(samples);
        self.places.push(self.offset(raw)..self.offset(raw) + raw.get().len());
        Ok(())
    }

    fn sample(&mut self, raw: &'a RawValue, depth: usize) -> Expected<i32> {
        let text = raw.get();
        let digits = text.strip_prefix('-').unwrap_or(text);
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            self.other(raw, depth, Code::NotAnInteger)?;
        }
        text.parse().map_err(|_| self.refused(Code::OutOfRange, Some(self.offset(raw))))
    }

    /// The error of what should be part of a signal, or the first one inside of it.
    fn other(&mut self, raw: &'a RawValue, depth: usize, code: Code) -> Expected<()> {
        self.lifting = false;
        self.value(raw, depth)?;
        Err(self.refused(code, Some(self.offset(raw))))
    }

    fn elements(
        &mut self,
        raw: &'a RawValue,
        depth: usize,
        mut each: impl FnMut(&mut Self, &'a RawValue) -> Expected<()>,
    ) -> Expected<()> {
        self.bounded(raw, depth)?;
        let elements: Vec<&RawValue> = serde_json::from_str(raw.get()).map_err(|_| Refusal::Somehow)?;
        for (index, element) in elements.into_iter().enumerate() {
            self.path.push(index.to_string());
            each(self, element)?;
            self.path.pop();
        }
        Ok(())
    }

    fn bounded(&self, raw: &RawValue, depth: usize) -> Expected<()> {
        if depth < MAX_DEPTH { Ok(()) } else { Err(self.refused(Code::Depth, Some(self.offset(raw)))) }
    }

    fn offset(&self, raw: &RawValue) -> usize {
        raw.get().as_ptr().addr() - self.text.as_ptr().addr()
    }

    fn refused(&self, code: Code, offset: Option<usize>) -> Refusal {
        Refusal::at(&self.path, code, offset)
    }
}
