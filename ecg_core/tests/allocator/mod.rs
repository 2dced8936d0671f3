//! An allocator that knows how much memory a piece of work takes, and has no more than it is told.
#![expect(unsafe_code, reason = "allocators hand out pointers")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ptr::null_mut;

/// The allocator of the system, counting the bytes of each thread, up to a limit.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

thread_local! {
    static NOW: Cell<isize> = const { Cell::new(0) };
    static MOST: Cell<isize> = const { Cell::new(0) };
    static LIMIT: Cell<isize> = const { Cell::new(isize::MAX) };
}

/// What some work returns, and the most bytes that it held at once.
pub(crate) fn peak<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = NOW.get();
    MOST.set(before);
    let result = work();
    (result, (MOST.get() - before).cast_unsigned())
}

/// What some work returns where it can hold no more than so many bytes at once.
pub(crate) fn within<T>(bytes: usize, work: impl FnOnce() -> T) -> T {
    LIMIT.set(NOW.get() + bytes.cast_signed());
    let result = work();
    LIMIT.set(isize::MAX);
    result
}

/// Counts what is taken and given back, and does it if that is within the limit.
fn count(more: usize, less: usize, work: impl FnOnce() -> *mut u8) -> *mut u8 {
    let now = NOW.get() + more.cast_signed() - less.cast_signed();
    if now > LIMIT.get() {
        return null_mut();
    }
    NOW.set(now);
    MOST.set(MOST.get().max(now));
    work()
}

// SAFETY: everything is left to the allocator of the system; counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: what the caller promises.
        count(layout.size(), 0, || unsafe { System.alloc(layout) })
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        count(layout.size(), 0, || unsafe { System.alloc_zeroed(layout) })
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        NOW.set(NOW.get() - layout.size().cast_signed());
        // SAFETY: as above.
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as above.
        count(size, layout.size(), || unsafe { System.realloc(memory, layout, size) })
    }
}
