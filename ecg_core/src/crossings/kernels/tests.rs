//! All kernels see the same signs.

use std::arch::asm;
use std::hint::black_box;

use super::*;
use crate::crossings::ZeroRule;

fn seen<T: Sample>(isa: Isa, samples: &[T], level: T, rule: ZeroRule) -> (Crossings, Vec<(usize, Word)>) {
    let (mut counter, mut words) = (Crossings::new(rule), Vec::new());
    let each = |from, bits| words.push((from, bits));
    T::count(isa, samples.into(), level, None.into(), &mut counter, each).unwrap();
    (counter, words)
}

/// Does some work where the processor takes denormals for zeros, and makes none.
#[expect(unsafe_code, reason = "only assembly can change that")]
pub(super) fn flushing<T>(work: impl FnOnce() -> T) -> T {
    #[cfg(target_arch = "x86_64")]
    let set = |flush: bool| {
        let mut modes = 0_u32;
        // SAFETY: `modes` is four bytes, and what is set in them is allowed.
        unsafe { asm!("stmxcsr [{}]", in(reg) &raw mut modes) };
        modes = if flush { modes | 0x8040 } else { modes & !0x8040 };
        // SAFETY: as above.
        unsafe { asm!("ldmxcsr [{}]", in(reg) &raw const modes) };
    };
    #[cfg(target_arch = "aarch64")]
    let set = |flush: bool| {
        // SAFETY: this bit may be set.
        unsafe { asm!("msr fpcr, {}", in(reg) u64::from(flush) << 24) };
    };
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    let set = |_| ();
    set(true);
    let answer = work();
    set(false);
    answer
}

fn agree<T: Sample>(values: &[T]) {
    let (mut random, mut samples) = (1_usize, Vec::new());
    while samples.len() < 200 {
        for (_, rule) in ZeroRule::NAMES {
            for &level in values.iter().filter(|level| level.is_finite()) {
                let expected = seen(Isa::SCALAR, &samples, level, rule);
                for isa in Isa::available() {
                    assert!(seen(isa, &samples, level, rule) == expected);
                }
            }
        }
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        samples.push(values[(random >> 16) % values.len()]);
    }
}

#[test]
fn every_kernel_sees_the_same_integers() {
    agree(&[0, 1, -1, 256, i16::MIN, i16::MAX]);
    agree(&[0, 1, -1, i32::MIN, i32::MAX]);
    agree(&[0, 1, -1, i64::MIN, i64::MAX]);
    agree(&[0, 1, 127, 128, u8::MAX]);
}

fn agree_on_floats() {
    agree(&[0.0, -0.0, 1.0, -1.0, f32::MIN_POSITIVE, f32::NEG_INFINITY]);
    agree(&[f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN, 0.0]);
    agree(&[f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN, 0.0]);
    agree(&[0.0, -0.0, 1.0, -1.0, -5e-324, f64::INFINITY]);
    let (single, double) = (2.0 * f32::MIN_POSITIVE / f32::EPSILON, 2.0 * f64::MIN_POSITIVE / f64::EPSILON);
    agree(&[single.next_up(), single, single.next_down(), -single, -single.next_down()]);
    agree(&[double.next_up(), double, double.next_down(), -double, -double.next_down()]);
    agree(&[f64::MIN_POSITIVE, f64::MIN_POSITIVE.next_up(), -f64::MIN_POSITIVE, 5e-324, -5e-324]);
}

#[test]
fn every_kernel_sees_the_same_floats() {
    agree_on_floats();
    flushing(agree_on_floats);
}

#[test]
fn denormals_have_signs_even_where_the_processor_takes_them_for_zeros() {
    let (least, normal) = (f64::from_bits(1), f64::MIN_POSITIVE);
    assert!(flushing(|| black_box(black_box(least) <= 0.0)));
    for isa in Isa::available() {
        for (low, high, level) in [
            (-least, least, 0.0),
            (0.0, least, 0.0),
            (-least, -0.0, -least),
            (normal, normal.next_up(), normal),
        ] {
            let samples = [low, high].repeat(50);
            let (counter, _) = flushing(|| seen(isa, &samples, level, ZeroRule::Distinct));
            assert_eq!(counter.count(), 99);
        }
    }
}
