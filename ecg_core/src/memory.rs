//! Memory that may end: an error where the standard library would abort the process.

use std::collections::TryReserveError;
use std::fmt;
use std::hint::black_box;
use std::sync::Arc;

/// There is not enough memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfMemory;

impl fmt::Display for OutOfMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not enough memory")
    }
}

impl std::error::Error for OutOfMemory {}

impl From<TryReserveError> for OutOfMemory {
    fn from(_: TryReserveError) -> Self {
        Self
    }
}

/// How vectors whose length depends on an input get their memory.
pub(crate) trait Room<T>: Sized {
    /// An empty one with capacity for exactly `len` items.
    fn with_room(len: usize) -> Result<Self, OutOfMemory>;

    /// Adds capacity for at least so many items more.
    fn make_room(&mut self, more: usize) -> Result<(), OutOfMemory>;

    /// Appends an item.
    fn add(&mut self, item: T) -> Result<(), OutOfMemory>;

    /// Appends copies of items.
    fn add_all(&mut self, items: &[T]) -> Result<(), OutOfMemory>
    where
        T: Copy;
}

impl<T> Room<T> for Vec<T> {
    fn with_room(len: usize) -> Result<Self, OutOfMemory> {
        let mut items = Self::new();
        items.try_reserve_exact(len)?;
        Ok(items)
    }

    #[inline]
    fn make_room(&mut self, more: usize) -> Result<(), OutOfMemory> {
        Ok(self.try_reserve(more)?)
    }

    #[inline]
    fn add(&mut self, item: T) -> Result<(), OutOfMemory> {
        self.make_room(1)?;
        self.push(item);
        Ok(())
    }

    #[inline]
    fn add_all(&mut self, items: &[T]) -> Result<(), OutOfMemory>
    where
        T: Copy,
    {
        self.make_room(items.len())?;
        self.extend_from_slice(items);
        Ok(())
    }
}

/// All items, or the first error.
pub(crate) fn collected<T, E: From<OutOfMemory>>(
    items: impl IntoIterator<Item = Result<T, E>>,
) -> Result<Vec<T>, E> {
    let mut all = Vec::new();
    for item in items {
        all.add(item?)?;
    }
    Ok(all)
}

/// A value that is shared. [`Arc::new`] can only abort, so as much memory is taken and given back first.
pub(crate) fn shared<T>(value: T) -> Result<Arc<T>, OutOfMemory> {
    let counts_and_value: Vec<([usize; 2], T)> = Vec::with_room(1)?;
    drop(black_box(counts_and_value)); // else the compiler leaves it out
    Ok(Arc::new(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_an_address_space_is_an_error() {
        let mut bytes = vec![1_u8];
        assert_eq!(bytes.make_room(usize::MAX), Err(OutOfMemory));
        assert_eq!(bytes.make_room(isize::MAX as usize), Err(OutOfMemory));
        assert_eq!(Vec::<i32>::with_room(usize::MAX / 2), Err(OutOfMemory));
        assert_eq!(bytes, [1]);
    }

    #[test]
    fn the_first_error_ends_collecting() {
        assert_eq!(collected([Ok(1), Ok(2)]), Ok::<_, OutOfMemory>(vec![1, 2]));
        assert_eq!(collected([Ok(1), Err(OutOfMemory), Ok(2)]), Err(OutOfMemory));
    }
}
