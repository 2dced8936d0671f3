//! Duplicate keys, found in linear time.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::memory::{OutOfMemory, Room};

/// Above this many keys a hashed set takes over; below, looking at each is faster.
const FEW: usize = 16;

type Key<'a> = Cow<'a, [u8]>;

/// The keys of the objects that are open, in one stack.
#[derive(Default)]
pub(crate) struct Keys<'a> {
    stack: Vec<Key<'a>>,
}

/// The keys of one object. The set is seeded randomly, so nobody can choose keys that collide.
pub(crate) struct Object<'a> {
    base: usize,
    many: Option<HashSet<Key<'a>>>,
}

impl<'a> Keys<'a> {
    pub(crate) fn open(&self) -> Object<'a> {
        Object { base: self.stack.len(), many: None }
    }

    /// Remembers a key; false if the object has it already.
    pub(crate) fn insert(&mut self, object: &mut Object<'a>, key: Key<'a>) -> Result<bool, OutOfMemory> {
        if let Some(many) = &mut object.many {
            many.try_reserve(1)?;
            return Ok(many.insert(key));
        }
        let new = !self.stack[object.base..].contains(&key);
        self.stack.add(key)?;
        if self.stack.len() - object.base > FEW {
            let many = object.many.insert(HashSet::new());
            many.try_reserve(FEW + 1)?;
            many.extend(self.stack.drain(object.base..));
        }
        Ok(new)
    }

    pub(crate) fn close(&mut self, object: &Object<'a>) {
        self.stack.truncate(object.base);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_key_is_found_among_few_and_many() {
        for count in [1_u32, 15, 16, 17, 18, 1000] {
            let mut keys = Keys::default();
            let mut object = keys.open();
            let key = |n: u32| Cow::Owned(n.to_le_bytes().to_vec());
            assert!((0..count).all(|n| keys.insert(&mut object, key(n)).unwrap()));
            assert!(!keys.insert(&mut object, key(0)).unwrap());
        }
    }
}
