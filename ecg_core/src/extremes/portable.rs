//! A loop that the compiler vectorises for the instructions of its caller.

#[inline(always)]
#[expect(clippy::inline_always, reason = "for the instructions of the caller")]
pub(super) fn extremes(samples: &[i32]) -> (i32, i32) {
    let Some(&first) = samples.first() else { return (0, 0) };
    samples.iter().fold((first, first), |(min, max), &sample| (min.min(sample), max.max(sample)))
}
