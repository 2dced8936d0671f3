//! Counting around samples that are missing.

use super::counter::Crossings;
use super::ends::Ends;
use super::kernels::Sample;
use super::run::Run;
use super::signs::NotANumber;
use super::word::Word;
use crate::isa::Isa;

impl Crossings {
    /// Kernels look for NaN anyway: what they look for beside it is `ends`.
    pub(super) fn extend_between<T: Sample>(
        &mut self,
        baseline: T,
        samples: Run<'_, T>,
        missing: impl Fn(T) -> bool,
        ends: impl Ends<T>,
        mut each: impl FnMut(usize, Word),
    ) -> Result<(), NotANumber> {
        let (isa, len) = (Isa::current(), samples.len());
        let (mut counter, mut from) = (self.clone(), 0);
        loop {
            let run = samples.part(from..len);
            from += T::count(isa, run, baseline, ends, &mut counter, |place, word| each(from + place, word));
            if from == len {
                break;
            }
            let gap = samples.part(from..len).leading(&missing);
            if gap == 0 {
                return Err(NotANumber { index: from });
            }
            counter.gap();
            from += gap;
        }
        *self = counter;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crossings::ZeroRule::Neutral;
    use crate::crossings::{WORD, ZeroRule, count};

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

    fn places(from: usize, crossed: u64) -> impl Iterator<Item = usize> {
        (0..WORD).filter(move |bit| crossed >> bit & 1 == 1).map(move |bit| from + bit)
    }

    fn sides<T: Sample>(samples: &[T], is_missing: impl Fn(T) -> bool) -> (Crossings, Vec<usize>) {
        let (mut counter, mut found) = (Crossings::new(Neutral), Vec::new());
        for (index, &sample) in samples.iter().enumerate() {
            if is_missing(sample) {
                counter.gap();
            } else {
                let before = counter.count();
                counter.extend(&[sample]).unwrap();
                found.extend((counter.count() > before).then_some(index));
            }
        }
        (counter, found)
    }

    fn agree<T: Sample>(values: [T; 3], missing: T, is_missing: impl Fn(T) -> bool) {
        let mut random = 1_usize;
        let mut next = |below: usize| {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (random >> 16) % below
        };
        for (len, gaps) in
            [0, 1, 63, 64, 65, 500].into_iter().flat_map(|len| (0..30).map(move |gaps| (len, gaps)))
        {
            let mut samples: Vec<_> = (0..len).map(|_| values[next(3)]).collect();
            for from in (0..gaps.min(len)).map(|_| next(len)).collect::<Vec<_>>() {
                samples[from..len.min(from + 1 + next(3) * next(WORD))].fill(missing);
            }
            let (mut counter, mut found) = (Crossings::new(Neutral), Vec::new());
            let each = |from, word: Word| found.extend(places(from, word.crossed));
            counter.extend_around(T::default(), samples[..].into(), Some(missing), each).unwrap();
            assert!((counter, found) == sides(&samples, &is_missing));
        }
    }

    #[test]
    fn each_side_of_a_gap_counts_by_itself() {
        agree([0, 1, -1], i16::MIN, |sample| sample == i16::MIN);
        agree([0, 1, -1], 0, |sample: i32| sample == 0);
        agree([0, 1, 2], u8::MAX, |sample| sample == u8::MAX);
        agree([0.0, 1.0, -1.0], f32::NAN, f32::is_nan);
        agree([0.0, 1.0, -1.0], f64::NAN, f64::is_nan);
        agree([0.0, 1.0, -1.0], -0.0, |sample: f64| sample == 0.0);
    }

    #[test]
    fn a_nan_beside_gaps_is_named_and_nothing_counted() {
        for place in [1, 5, 70, 130] {
            let mut samples = [1.0, -1.0, -9.0, 1.0, -1.0].repeat(40);
            samples[place] = f64::NAN;
            let mut counter = Crossings::new(Neutral);
            let outcome = counter.extend_around(0.0, samples[..].into(), Some(-9.0), |_, _| ());
            assert_eq!(outcome, Err(NotANumber { index: place }));
            assert!(counter == Crossings::new(Neutral));
        }
    }
}
