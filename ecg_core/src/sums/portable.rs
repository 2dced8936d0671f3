//! A loop that the compiler vectorises for the instructions of its caller.

#[inline(always)]
#[expect(clippy::inline_always, reason = "for the instructions of the caller")]
pub(super) fn sums(samples: &[i32], from: i32) -> (i64, i64) {
    samples.iter().fold((0, 0), |(sum, squares), &sample| {
        let distance = i64::from(sample.wrapping_sub(from));
        (sum + distance, squares + distance * distance)
    })
}
