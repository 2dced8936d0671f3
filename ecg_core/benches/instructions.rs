//! Runs each kernel twice on a document, for `just instructions`: the first time decides which
//! instructions there are, the second is what callgrind's counts are taken from.
#![expect(clippy::unwrap_used, reason = "the input is known to be good")]

use std::hint::black_box;

use ecg_core::Signal;
use ecg_core::crossings::Sample;
use ecg_core::internals::Isa;
use ecg_core::json::lift;
use ecg_core::json::to_json;

/// No sample is it.
const MISSING: i32 = -32_768;

fn main() {
    let files = std::env::args().skip(1).filter(|name| !name.starts_with("--"));
    for body in files.map(|name| std::fs::read(name).unwrap()) {
        Isa::chosen().unwrap();
        let signals = lift(&body, "signal").unwrap().signals;
        for _ in 0..2 {
            once(&body, &signals);
        }
    }
}

fn once(body: &[u8], signals: &[Signal]) {
    let arrays: Vec<_> = signals.iter().map(|signal| to_json(signal.samples()).unwrap()).collect();
    let samples: Vec<i32> = signals.iter().flat_map(Signal::samples).copied().collect();
    let blob = kernel::pack(signals);
    black_box(kernel::parse(&arrays));
    black_box(kernel::lift(body));
    black_box(kernel::count_i16(&cast(&samples, |sample| i16::try_from(sample).unwrap())));
    black_box(kernel::count_i32(&samples));
    black_box(kernel::count_i64(&cast(&samples, i64::from)));
    black_box(kernel::count_f64(&cast(&samples, f64::from)));
    black_box(kernel::except_i16(&cast(&samples, |sample| i16::try_from(sample).unwrap())));
    black_box(kernel::except_i64(&cast(&samples, i64::from)));
    black_box(kernel::except_f64(&cast(&samples, f64::from)));
    let tenth =
        samples.iter().enumerate().map(|(index, &sample)| if index % 10 == 0 { MISSING } else { sample });
    black_box(kernel::gaps_i32(&tenth.collect::<Vec<_>>()));
    black_box(kernel::unpack(&blob));
    black_box(kernel::unpack_json(&blob));
    black_box(kernel::to_json(signals));
}

fn cast<T: Sample>(samples: &[i32], to: impl Fn(i32) -> T) -> Vec<T> {
    samples.iter().map(|&sample| to(sample)).collect()
}

/// Callgrind counts what happens in these functions, by their names.
mod kernel {
    use super::MISSING;
    use ecg_core::Signal;
    use ecg_core::crossings::{Crossings, Sample, ZeroRule};
    use ecg_core::json::Lifted;
    use ecg_core::{blob, json};

    #[inline(never)]
    pub(super) fn parse(arrays: &[Vec<u8>]) -> Vec<Signal> {
        arrays.iter().map(|array| json::parse(array).unwrap()).collect()
    }

    #[inline(never)]
    pub(super) fn lift(body: &[u8]) -> Lifted {
        json::lift(body, "signal").unwrap()
    }

    #[inline(never)]
    pub(super) fn count_i16(samples: &[i16]) -> u64 {
        count(samples)
    }

    #[inline(never)]
    pub(super) fn count_i32(samples: &[i32]) -> u64 {
        count(samples)
    }

    #[inline(never)]
    pub(super) fn count_i64(samples: &[i64]) -> u64 {
        count(samples)
    }

    #[inline(never)]
    pub(super) fn count_f64(samples: &[f64]) -> u64 {
        count(samples)
    }

    fn count<T: Sample>(samples: &[T]) -> u64 {
        let mut counter = Crossings::new(ZeroRule::Neutral);
        counter.extend(samples).unwrap();
        counter.count()
    }

    #[inline(never)]
    pub(super) fn except_i16(samples: &[i16]) -> u64 {
        except(samples, i16::MIN)
    }

    #[inline(never)]
    pub(super) fn except_i64(samples: &[i64]) -> u64 {
        except(samples, MISSING.into())
    }

    #[inline(never)]
    pub(super) fn except_f64(samples: &[f64]) -> u64 {
        except(samples, MISSING.into())
    }

    #[inline(never)]
    pub(super) fn gaps_i32(samples: &[i32]) -> u64 {
        except(samples, MISSING)
    }

    fn except<T: Sample>(samples: &[T], missing: T) -> u64 {
        let mut counter = Crossings::new(ZeroRule::Neutral);
        counter.extend_except(samples, missing).unwrap();
        counter.count()
    }

    #[inline(never)]
    pub(super) fn pack(signals: &[Signal]) -> Vec<u8> {
        blob::pack(signals).unwrap()
    }

    #[inline(never)]
    pub(super) fn unpack(blob: &[u8]) -> Vec<Signal> {
        blob::unpack(blob).unwrap()
    }

    #[inline(never)]
    pub(super) fn unpack_json(blob: &[u8]) -> Vec<Vec<u8>> {
        blob::unpack_json_at_most(blob, u64::MAX).unwrap()
    }

    #[inline(never)]
    pub(super) fn to_json(signals: &[Signal]) -> Vec<Vec<u8>> {
        signals.iter().map(|signal| json::to_json(signal.samples()).unwrap()).collect()
    }
}
