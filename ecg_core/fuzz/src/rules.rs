//! The five rules of zero crossings, word by word.

use ecg_core::crossings::ZeroRule;

/// The crossings of some samples minus a baseline.
#[must_use]
pub fn count(samples: &[i32], rule: ZeroRule, baseline: i32) -> u64 {
    let signs = samples.iter().map(|&sample| (i64::from(sample) - i64::from(baseline)).signum());
    let signs: Vec<i64> = signs.filter(|&sign| rule != ZeroRule::Neutral || sign != 0).collect();
    let crossed = |before: i64, after: i64| match rule {
        ZeroRule::Neutral | ZeroRule::Distinct => before != after,
        ZeroRule::Positive => (before >= 0) != (after >= 0),
        ZeroRule::Negative => (before > 0) != (after > 0),
        ZeroRule::Strict => before * after < 0,
    };
    signs.windows(2).filter(|pair| crossed(pair[0], pair[1])).count() as u64
}
