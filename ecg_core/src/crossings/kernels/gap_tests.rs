//! All kernels leave out the same samples.

use super::tests::flushing;
use super::*;
use crate::crossings::{WORD, ZeroRule};

/// What was counted, and the places of crossings.
type Found = Result<(Crossings, Vec<usize>), NotANumber>;

fn together<T: Sample>(isa: Isa, rule: ZeroRule, samples: &[T], gaps: Gaps<T, impl Marks>) -> Found {
    let (mut counter, mut found) = (Crossings::new(rule), Vec::new());
    let each = |from, word: Word| {
        found.extend((0..WORD).filter(|bit| word.crossed >> bit & 1 == 1).map(|bit| from + bit));
    };
    T::count(isa, samples.into(), T::default(), gaps, &mut counter, each)?;
    Ok((counter, found))
}

fn one_by_one<T: Sample>(rule: ZeroRule, samples: &[T], is_missing: impl Fn(usize) -> bool) -> Found {
    let (mut counter, mut found) = (Crossings::new(rule), Vec::new());
    for (index, &sample) in samples.iter().enumerate() {
        if is_missing(index) {
            counter.gap();
        } else {
            let before = counter.count();
            counter.extend(&[sample]).map_err(|_| NotANumber { index })?;
            found.extend((counter.count() > before).then_some(index));
        }
    }
    Ok((counter, found))
}

fn agree_on<T: Sample>(samples: &[T], missing: T, marked: &[bool]) {
    let marks = |from| {
        (from..samples.len().min(from + WORD)).fold(0, |bits, at| bits | u64::from(marked[at]) << (at - from))
    };
    for (isa, (_, rule)) in Isa::available().flat_map(|isa| ZeroRule::NAMES.map(|rule| (isa, rule))) {
        for missing in [None, Some(missing)] {
            let equal = |at: usize| {
                missing.is_some_and(|missing| {
                    samples[at].equals(missing) || missing.is_nan() && samples[at].is_nan()
                })
            };
            let found = together(isa, rule, samples, missing.into());
            assert!(found == one_by_one(rule, samples, equal), "{isa:?}");
            let found = together(isa, rule, samples, Gaps { missing, marks });
            assert!(found == one_by_one(rule, samples, |at| marked[at] || equal(at)));
        }
    }
}

/// Gaps of all lengths, or at every sample, among samples with some values.
fn agree<T: Sample>(values: [T; 3], missing: T) {
    let mut state = 1_usize;
    let mut random = |below| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % below
    };
    for (len, gaps) in
        [0, 1, 63, 64, 65, 300].into_iter().flat_map(|len| [0, 1, 4, 30].map(|gaps| (len, gaps)))
    {
        let mut samples: Vec<_> = (0..len).map(|_| values[random(3)]).collect();
        let mut marked = vec![false; len];
        for _ in 0..gaps.min(len) {
            let [gap, marks] = [0, 1].map(|_| {
                let from = random(len);
                from..len.min(from + 1 + random(3) * random(WORD))
            });
            samples[gap].fill(missing);
            marked[marks].fill(true);
        }
        agree_on(&samples, missing, &marked);
    }
}

#[test]
fn each_side_of_a_gap_counts_by_itself() {
    agree([0, 1, -1], i16::MAX);
    agree([0, 1, -1], 0_i32);
    agree([0, 1, -1], i64::MAX);
    agree([0, 1, 2], 127_u8);
    agree([0.0, 1.0, -1.0], f32::NAN);
    agree([0.0, 1.0, -1.0], f64::from_bits(0xFFF0_0000_0000_0001)); // one that signals
    agree([0.0, 1.0, -1.0], f32::INFINITY);
    agree([0.0, 1.0, -1.0], -0.0_f64);
    agree([0.0, f64::NAN, -1.0], 1.0);
}

#[test]
fn the_modes_of_the_processor_change_no_gap() {
    let [least, twice] = [1, 2].map(f64::from_bits);
    flushing(|| agree([least, -least, twice], 0.0));
    flushing(|| agree([-least, 0.0, twice], least));
    flushing(|| agree([-f32::MIN_POSITIVE, -0.0, f32::from_bits(1)], f32::MIN_POSITIVE));
}

#[test]
fn a_gap_at_any_place_is_seen() {
    fn agree_at_any_place<T: Sample>(values: [T; 2], missing: T) {
        let marked = [false; WORD + 3];
        for place in 0..marked.len() {
            let mut samples = values.repeat(marked.len() / 2 + 1);
            samples.truncate(marked.len());
            samples[place] = missing;
            agree_on(&samples, missing, &marked);
        }
    }
    agree_at_any_place([1, 0], u8::MAX);
    agree_at_any_place([1.0, -1.0], -9.0);
}
