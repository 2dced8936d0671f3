//! Readers of plain integers: those of up to eight digits, each followed by a comma.
//!
//! They look at 64 bytes at a time, and stop where anything else begins, at the beginning of an element. The
//! grammar decides there: the fast way never has to explain an error.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod digits;
#[cfg(target_arch = "aarch64")]
mod neon;
mod portable;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod tokens;
mod window;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod windows;

pub(super) use window::MOST;

use crate::isa::{Isa, dispatch};

/// Reads integers from `at` on, where an element begins, and returns where the first unread one begins. It
/// stops too when there is no capacity for [`MOST`] more.
pub(super) fn read_plain(isa: Isa, text: &[u8], at: usize, integers: &mut Vec<i32>) -> usize {
    let at = dispatch!(isa, read_plain(text, at, integers));
    portable::read_plain(text, at, integers) // the plain ones of a window that holds something else too
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kernels_read_all_that_is_plain() {
        let far = format!("{}7,", " ".repeat(50)); // in no half of a window
        for isa in Isa::available().filter(|&isa| isa != Isa::SCALAR) {
            for len in [1, 2, 10, 100, 1000] {
                for element in ["1,", "-1,", "1234,", "12,345,", "-12345678,", "0,\r\n\t ", " -90 ,", &far] {
                    let text = format!("{}5]", element.repeat(len));
                    let mut integers = Vec::with_capacity(2 * len + MOST);
                    let end = dispatch!(isa, read_plain(text.as_bytes(), 0, &mut integers));
                    assert_eq!(text.as_bytes()[end..].trim_ascii_start(), b"5]");
                    assert_eq!(integers.len(), element.matches(',').count() * len);
                }
            }
        }
    }
}
