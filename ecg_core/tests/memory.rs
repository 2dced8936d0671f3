//! Reading takes the memory of the samples, a fifth more at most, and a small constant; where that is not there, it is an error.
//!
//! Growing in place counts as such: the allocators of systems move pages, not bytes. `tests/core/test_memory.py`
//! looks at what a whole process takes.
#![expect(clippy::unwrap_used, reason = "the input is known to be good")]

mod allocator;

use std::fmt::Debug;

use allocator::{peak, within};
use ecg_core::blob::{BlobError, pack, unpack, unpack_at_most, window, window_at_most};
use ecg_core::json::{Code, DecodeError, lift, parse, to_json};
use ecg_core::{OutOfMemory, Signal};

/// Leads and samples of each.
const SHAPES: [(usize, usize); 7] =
    [(1, 0), (12, 500), (12, 5_000), (3, 8_193), (12, 33_000), (2, 100_000), (1, 400_000)];
/// The first room for integers, which may be there twice, and what does not grow with the samples.
const CONSTANT: usize = 96 << 10;

fn signals((leads, len): (usize, usize)) -> Vec<Signal> {
    let samples = |lead| (0..len).map(move |i| i32::try_from((i + lead) * i % 1999).unwrap() - 999);
    (0..leads).map(|lead| Signal::new(samples(lead).collect::<Vec<i32>>())).collect()
}

fn body(signals: &[Signal]) -> Vec<u8> {
    let json = |signal: &Signal| String::from_utf8(to_json(signal.samples()).unwrap()).unwrap();
    let leads: Vec<String> =
        signals.iter().map(|signal| format!("{{\"signal\":{}}}", json(signal))).collect();
    format!("{{\"leads\":[{}]}}", leads.join(",")).into_bytes()
}

fn check(what: &str, signals: &[Signal], peak: usize) {
    let samples: usize = signals.iter().map(|signal| size_of_val(signal.samples())).sum();
    assert!(peak <= samples * 6 / 5 + CONSTANT, "{what}: {peak} bytes for {samples} bytes of samples");
    assert!(peak >= samples, "{what}: {peak} bytes cannot hold {samples}");
}

#[test]
fn lifting_takes_little_more_than_the_samples() {
    for signals in SHAPES.map(signals) {
        let body = body(&signals);
        let (lifted, most) = peak(|| lift(&body, "signal"));
        assert_eq!(lifted.unwrap().signals, signals);
        check("lift", &signals, most);
    }
}

#[test]
fn one_signal_takes_little_more_than_its_samples() {
    for shape in SHAPES {
        let signal = signals((1, shape.1));
        let text = to_json(signal[0].samples()).unwrap();
        check("parse", &signal, peak(|| parse(&text).unwrap()).1);
    }
}

#[test]
fn unpacking_takes_little_more_than_the_samples() {
    for signals in SHAPES.map(signals) {
        let blob = pack(&signals).unwrap();
        check("unpack", &signals, peak(|| unpack(&blob).unwrap()).1);
    }
}

/// What `read_batch` does: signals and blobs of all documents are kept.
#[test]
fn a_batch_takes_little_more_than_its_samples_and_blobs() {
    for shape in SHAPES {
        let batch = [(); 5].map(|()| signals(shape));
        let bodies = batch.each_ref().map(|signals| body(signals));
        let read = |body: &Vec<u8>| {
            let lifted = lift(body, "signal").unwrap();
            (pack(&lifted.signals).unwrap(), lifted)
        };
        let (readings, most) = peak(|| bodies.iter().map(read).collect::<Vec<_>>());
        let blobs: usize = readings.iter().map(|(blob, _)| blob.len()).sum();
        check("a batch", &batch.concat(), most - blobs);
    }
}

/// Gives some work more and more memory: it must say that there is too little, until it is done.
fn ends_well<T, E: Debug>(what: &str, work: impl Fn() -> Result<T, E>, out_of_memory: impl Fn(&E) -> bool) {
    let (_, most) = peak(|| work().unwrap());
    for bytes in (0..most).step_by(8) {
        let error = within(bytes, &work).err().unwrap();
        assert!(out_of_memory(&error), "{what} within {bytes} bytes: {error:?}");
    }
    assert!(most > 0 && within(most, work).is_ok(), "{what}");
}

#[test]
fn memory_that_ends_is_an_error() {
    let keys = |escape| (0..40).map(move |key| format!("\"{escape}{key}\": 0"));
    let keys: Vec<String> = keys("").chain(keys("\\n")).collect();
    let arrays = format!("[{}0], \"x\": [{}", "-1234,".repeat(400), "{\"signal\": [7]},".repeat(40));
    let body = format!("{{{}, \"signal\": {arrays}0]}}", keys.join(", "));
    let code = |error: &DecodeError| error.code == Code::OutOfMemory;
    ends_well("lift", || lift(body.as_bytes(), "signal"), code);
    ends_well("parse", || parse(b"[1, -2]"), code);

    let noise: Vec<i32> = (1..500_i32).map(|i| i.wrapping_pow(31)).collect();
    let signals = [Signal::new([]), Signal::new(vec![5; 5000]), Signal::new(noise)];
    let blob = pack(&signals).unwrap();
    let ended = |error: &BlobError| *error == BlobError::OutOfMemory;
    ends_well("pack", || pack(&signals), ended);
    ends_well("unpack", || unpack(&blob), ended);
    ends_well("window", || window(&blob, 1, 100, 2000), ended);

    let ended = |error: &OutOfMemory| *error == OutOfMemory;
    ends_well("to_json", || to_json(&[i32::MIN; 500]), ended);
    ends_well("thin", || signals[1].thin(400, None), ended);
}

#[test]
fn too_many_samples_are_refused_before_memory_is_taken_for_them() {
    let blob = pack(&[Signal::new(vec![5; 5000])]).unwrap();
    let refused = Err(BlobError::TooManySamples { samples: 5000, max: 4999 });
    assert_eq!(within(64, || unpack_at_most(&blob, 4999).map(drop)), refused);
    assert_eq!(within(64, || window_at_most(&blob, 0, 0, 5000, 4999).map(drop)), refused);
    assert_eq!(window_at_most(&blob, 0, 1, 5000, 4999).unwrap().samples(), vec![5; 4999]);
}
