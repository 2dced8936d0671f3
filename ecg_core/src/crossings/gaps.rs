//! Samples that are missing.

/// Which samples are missing: no crossing is counted across them.
#[derive(Clone, Copy)]
pub struct Gaps<T, M = Unmarked> {
    /// Those that equal it, or those that are NaN if it is NaN.
    pub(crate) missing: Option<T>,
    /// Those that are marked.
    pub(crate) marks: M,
}

impl<T> From<Option<T>> for Gaps<T> {
    fn from(missing: Option<T>) -> Self {
        Self { missing, marks: Unmarked }
    }
}

/// What marks samples as missing, whatever they are.
pub trait Marks: Copy {
    /// Whether it may mark any.
    const ANY: bool;

    /// The marked ones of a word of samples, of which the first has this index: a bit each.
    fn bits(self, from: usize) -> u64;
}

/// No sample is marked.
#[derive(Clone, Copy)]
pub struct Unmarked;

impl Marks for Unmarked {
    const ANY: bool = false;

    #[inline]
    fn bits(self, _: usize) -> u64 {
        0
    }
}

impl<F: Fn(usize) -> u64 + Copy> Marks for F {
    const ANY: bool = true;

    #[inline]
    fn bits(self, from: usize) -> u64 {
        self(from)
    }
}

#[cfg(test)]
mod tests {
    use crate::crossings::ZeroRule::Neutral;
    use crate::crossings::signs::NotANumber;
    use crate::crossings::{Crossings, ZeroRule, count};

    /// None is a gap.
    fn of_pieces(rule: ZeroRule, samples: &[Option<i32>]) -> Crossings {
        let mut counter = Crossings::new(rule);
        for sample in samples {
            match sample {
                Some(sample) => counter.extend(&[*sample]).unwrap(),
                None => counter.gap(),
            }
        }
        counter
    }

    #[test]
    fn parts_with_gaps_merge_into_the_whole_in_any_order() {
        let values = [None, Some(-1), Some(0), Some(1)];
        for (code, (_, rule)) in (0..4_usize.pow(5)).flat_map(|code| ZeroRule::NAMES.map(|rule| (code, rule)))
        {
            let samples: Vec<_> = (0..5).map(|place| values[code >> (2 * place) & 3]).collect();
            let runs = samples.split(Option::is_none);
            let runs = runs.map(|run| count(&run.iter().flatten().copied().collect::<Vec<_>>(), rule, 0));
            let whole = of_pieces(rule, &samples);
            assert_eq!(whole.count(), runs.sum::<u64>());
            assert_eq!(Crossings::restored(rule, whole.state()), Some(whole.clone()));
            for (first, second) in (0..=5).flat_map(|second| (0..=second).map(move |first| (first, second))) {
                let part = |range| of_pieces(rule, &samples[range]);
                let [mut left, middle, right] = [part(0..first), part(first..second), part(second..5)];
                let (mut early, mut late) = (left.clone(), middle.clone());
                early.merge(&middle).unwrap();
                early.merge(&right).unwrap();
                late.merge(&right).unwrap();
                left.merge(&late).unwrap();
                assert_eq!((&early, &left), (&whole, &whole));
            }
        }
    }

    #[test]
    fn a_nan_beside_gaps_is_named_and_nothing_counted() {
        for place in [1, 5, 70, 130] {
            let mut samples = [1.0, -1.0, -9.0, 1.0, -1.0].repeat(40);
            samples[place] = f64::NAN;
            let mut counter = Crossings::new(Neutral);
            let outcome = counter.extend_around(0.0, samples[..].into(), Some(-9.0).into(), |_, _| ());
            assert_eq!(outcome, Err(NotANumber { index: place }));
            assert!(counter == Crossings::new(Neutral));
        }
    }
}
