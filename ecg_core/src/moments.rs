//! Means, from exact sums.

use crate::sums::Sums;

/// Exact sums over the samples of one or more signals.
pub(crate) struct Moments {
    whole: i64,
    rest: f64,
    sums: Sums,
}

impl Moments {
    pub(crate) fn around(baseline: f64) -> Self {
        let (whole, rest) = split(baseline);
        Self { whole, rest, sums: Sums::default() }
    }

    /// The integer from which the distances are.
    pub(crate) fn whole(&self) -> i64 {
        self.whole
    }

    pub(crate) fn add(&mut self, sums: Sums) {
        self.sums = self.sums.and(sums);
    }

    /// What [`Signal::mean_and_rms`] returns, of all samples.
    pub(crate) fn mean_and_rms(&self) -> Option<(f64, f64)> {
        let Self { rest, sums, .. } = *self;
        let (mean, square) = (quotient(sums.distances, sums.len)?, quotient(sums.squares, sums.len)?);
        let cross = if rest == 0.0 { 0.0 } else { 2.0 * rest * mean };
        Some((mean - rest, (square - cross + rest * rest).sqrt()))
    }
}

/// The nearest integer, with which sums are exact, and the rest.
#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "it stops at the limits")]
fn split(baseline: f64) -> (i64, f64) {
    const FAR: f64 = 4_294_967_296.0; // squares of distances fit i128 many times over
    let whole = baseline.round().clamp(-FAR, FAR) as i64;
    (whole, baseline - whole as f64)
}

#[expect(clippy::cast_precision_loss, reason = "the sum is exact, its quotient is rounded")]
fn quotient(sum: i128, len: u64) -> Option<f64> {
    (len > 0).then(|| sum as f64 / len as f64)
}
