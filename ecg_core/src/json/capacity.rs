//! The capacity of vectors for arrays of unknown length.

use memchr::memchr;

use super::integers::MOST;
use crate::memory::{OutOfMemory, Room};

/// So many get capacity without looking for the end of their array.
const FEW: usize = 8192;

/// A vector for an array whose first element begins at `start`, with capacity for as many as the last one had.
pub(super) fn first(text: &[u8], start: usize, last: Option<usize>) -> Result<Vec<i32>, OutOfMemory> {
    let alike = last.unwrap_or(FEW);
    let end = if alike > FEW { end(text, start) } else { text.len() };
    Vec::with_room(alike.min((end - start) / 2) + MOST)
}

/// Adds capacity if little is left: for what the rest of the array has if it goes on as it began, or for
/// half as many as there are, so that a text that suddenly gets dense is not copied again and again. But never for
/// more than `most`, and a few. So many integers were `read`, from so many bytes.
pub(super) fn grow(
    integers: &mut Vec<i32>,
    text: &[u8],
    (read, bytes): (usize, usize),
    most: usize,
) -> Result<(), OutOfMemory> {
    if integers.capacity() - integers.len() >= MOST {
        return Ok(());
    }
    let rest = end(text, 0);
    let alike = read.saturating_mul(rest) / bytes;
    let more = (alike / 16 * 17).max(integers.len() / 2).min(rest / 2).min(most - integers.len()) + MOST;
    if integers.capacity() > FEW + MOST {
        return Ok(integers.try_reserve_exact(more)?);
    }
    // Anew: what has grown in small steps glibc gives back to the system every time, page by page.
    let mut larger = Vec::with_room(integers.len() + more)?;
    larger.append(integers);
    *integers = larger;
    Ok(())
}

/// Gives back capacity that is much more than needed.
pub(super) fn trim(integers: &mut Vec<i32>) {
    if integers.capacity() > integers.len() / 8 * 9 + 2 * MOST {
        integers.shrink_to_fit();
    }
}

/// The end of an array of integers, or of the text.
fn end(text: &[u8], at: usize) -> usize {
    memchr(b']', &text[at..]).map_or(text.len(), |len| at + len)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grown(text: &str) -> (usize, usize) {
        let mut integers = first(text.as_bytes(), 0, None).unwrap();
        let (mut at, mut steps) = (0, 0);
        for element in text.trim_end_matches(']').split_inclusive(',') {
            at += element.len();
            let before = integers.capacity();
            let read = (integers.len(), at);
            grow(&mut integers, &text.as_bytes()[at..], read, usize::MAX).unwrap();
            steps += usize::from(integers.capacity() > before);
            integers.push(1);
        }
        trim(&mut integers);
        (integers.capacity() * 100 / integers.len(), steps)
    }

    #[test]
    fn what_goes_on_as_it_began_grows_once() {
        assert_eq!(grown(&("123,".repeat(1_000_000) + "1]")).1, 1);
        assert!(grown(&("123,".repeat(1_000_000) + "1]")).0 < 113);
    }

    #[test]
    fn what_gets_dense_grows_in_few_steps() {
        let (sparse, dense) = (format!("{}1,", " ".repeat(999)).repeat(9000), "1,".repeat(1_000_000));
        let (percent, steps) = grown(&(sparse + &dense + "1]"));
        assert!(steps < 20 && percent < 120, "{steps} steps to {percent} %");
    }

    #[test]
    fn a_small_array_after_a_large_one_gets_little_capacity() {
        let text = format!("[1],[{}]", "1,".repeat(100_000));
        assert!(first(text.as_bytes(), 1, Some(100_000)).unwrap().capacity() < 3 * MOST);
        assert!(first(b"1]", 0, Some(100_000)).unwrap().capacity() < 3 * MOST);
    }
}
