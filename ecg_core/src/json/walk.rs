//! The grammar of a document: checks all of its values, and hands those at a key to a visitor.

use super::error::{Code, Fault, Result, Step};
use super::keys::{Keys, Object};
use super::scanner::Scanner;
use super::strings::{component, unescape};

/// The deepest nesting of arrays and objects.
pub const MAX_DEPTH: usize = 64;

/// Takes the values at the key of a [`Walk`].
pub(super) trait Visitor: Sized {
    /// Goes past a value that comes next.
    fn visit(walk: &mut Walk<'_, Self>) -> Result<()>;
}

/// A place in a document, what is above it, and the visitor of the values at `key`.
pub(super) struct Walk<'a, V> {
    pub(super) scan: Scanner<'a>,
    pub(super) key: Option<&'a [u8]>,
    pub(super) visitor: V,
    keys: Keys<'a>,
    depth: usize,
}

impl<'a, V: Visitor> Walk<'a, V> {
    pub(super) fn new(text: &'a [u8], key: Option<&'a [u8]>, visitor: V) -> Self {
        Self { scan: Scanner::new(text), key, visitor, keys: Keys::default(), depth: 0 }
    }

    pub(super) fn value(&mut self) -> Result<()> {
        self.scan.skip_space();
        match self.scan.peek() {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'"') => self.scan.string().map(drop),
            Some(b't') => self.scan.literal(b"true"),
            Some(b'f') => self.scan.literal(b"false"),
            Some(b'n') => self.scan.literal(b"null"),
            Some(b'-' | b'0'..=b'9') => self.scan.number().map(drop),
            _ => Err(self.scan.unexpected("expected a value")),
        }
    }

    pub(super) fn nested<T>(&mut self, inner: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.depth == MAX_DEPTH {
            return Err(Fault::new(Code::Depth, self.scan.at, "nested too deeply"));
        }
        self.scan.at += 1;
        self.depth += 1;
        let found = inner(self)?;
        self.depth -= 1;
        Ok(found)
    }

    fn array(&mut self) -> Result<()> {
        let mut open = !self.scan.closes(b']');
        let mut index = 0;
        while open {
            self.value().map_err(|fault| fault.inside(|| Step::Index(index)))?;
            open = self.scan.continues(b']')?;
            index += 1;
        }
        Ok(())
    }

    fn object(&mut self) -> Result<()> {
        let mut object = self.keys.open();
        let mut open = !self.scan.closes(b'}');
        while open {
            self.member(&mut object)?;
            open = self.scan.continues(b'}')?;
        }
        self.keys.close(&object);
        Ok(())
    }

    fn member(&mut self, object: &mut Object<'a>) -> Result<()> {
        self.scan.skip_space();
        let start = self.scan.at;
        if self.scan.peek() != Some(b'"') {
            return Err(self.scan.unexpected("expected a key"));
        }
        let raw = self.scan.string()?;
        let key = unescape(raw)?;
        let chosen = self.key == Some(&*key);
        let inside = || Step::Key(component(raw));
        if !self.keys.insert(object, key)? {
            return Err(Fault::new(Code::DuplicateKey, start, "duplicate key").inside(inside));
        }
        if !self.scan.closes(b':') {
            return Err(self.scan.unexpected("expected a colon"));
        }
        let outcome = if chosen { V::visit(self) } else { self.value() };
        outcome.map_err(|fault| fault.inside(inside))
    }
}
