//! Times of the kernels on synthetic ECG, and on documents if some are given: `cargo bench -- body.json`.
//! The best of many runs, on one core; `ECG_CORE_ISA` chooses the instructions.
#![expect(clippy::print_stdout, reason = "a benchmark prints")]
#![expect(clippy::unwrap_used, reason = "the input is known to be good")]
#![expect(clippy::cast_precision_loss, reason = "rates are rounded")]

use std::fmt::Write;
use std::hint::black_box;
use std::time::Instant;

use ecg_core::Signal;
use ecg_core::blob::{pack, unpack, unpack_json_at_most};
use ecg_core::crossings::{Crossings, ZeroRule, count};
use ecg_core::internals::extremes;
use ecg_core::json::to_json;
use ecg_core::json::{lift, parse};

fn main() {
    let samples = ecg(60_000, 0x2545_F491);
    let bytes = size_of_val(samples.as_slice());
    let signal = Signal::new(samples.clone());
    let json = to_json(&samples).unwrap();
    let thirds: Vec<i32> = (0..5000).map(|i| if i % 3 == 0 { 0 } else { samples[i] }).collect();
    let blob = pack(std::slice::from_ref(&signal)).unwrap();
    println!(
        "{:.1} bits per sample, {:.1} bytes of JSON",
        blob.len() as f64 * 8.0 / 6e4,
        json.len() as f64 / 6e4
    );
    rate("parse and count", json.len(), || parse(&json).unwrap());
    rate("count, neutral", bytes, || count(&samples, ZeroRule::Neutral, 1));
    let halves: Vec<i16> = samples.iter().map(|&sample| i16::try_from(sample).unwrap()).collect();
    let mut counter = Crossings::new(ZeroRule::Neutral);
    rate("count 5000 of i16", 10_000, || counter.extend(&halves[..5000]).unwrap());
    let wide: Vec<f64> = samples.iter().cycle().take(100_000).copied().map(f64::from).collect();
    rate("count 100000 of f64", 800_000, || counter.extend(&wide).unwrap());
    rate("count 4000 of f64", 32_000, || counter.extend(&wide[..4000]).unwrap());
    let narrow: Vec<f32> = halves.iter().cycle().take(100_000).copied().map(f32::from).collect();
    rate("count 100000 of f32", 400_000, || counter.extend(&narrow).unwrap());
    rate("count 5000 of i32", 20_000, || count(&samples[..5000], ZeroRule::Neutral, 0));
    rate("count 5000 of i32, 1 in 3 is 0", 20_000, || count(&thirds, ZeroRule::Neutral, 0));
    rate("extremes 5000", 20_000, || extremes(&thirds));
    rate("signal 5000", 20_000, || Signal::new(&samples[..5000]));
    rate("signal", bytes, || Signal::new(&*samples));
    rate("pack", bytes, || pack(std::slice::from_ref(&signal)).unwrap());
    rate("unpack", bytes, || unpack(&blob).unwrap());
    rate("to_json", json.len(), || to_json(&samples));
    let files = std::env::args().skip(1).filter(|name| !name.starts_with("--"));
    let files = files.map(|name| (std::fs::read(&name).unwrap(), name));
    for (body, name) in [5000, 500].map(|len| (body(len), format!("12 x {len}"))).into_iter().chain(files) {
        rate(&format!("lift {name}"), body.len(), || lift(&body, "signal").unwrap());
        let signals = lift(&body, "signal").unwrap().signals;
        rate(&format!("pack {name}"), body.len(), || pack(&signals).unwrap());
        let blob = pack(&signals).unwrap();
        rate(&format!("unpack {name}"), body.len(), || unpack(&blob).unwrap());
        rate(&format!("unpack_json {name}"), body.len(), || unpack_json_at_most(&blob, u64::MAX).unwrap());
    }
}

fn rate<T>(name: &str, bytes: usize, mut work: impl FnMut() -> T) {
    let once = |work: &mut dyn FnMut() -> T| {
        let start = Instant::now();
        black_box(work());
        start.elapsed().as_secs_f64()
    };
    let best = (0..2000).map(|_| once(&mut work)).fold(f64::INFINITY, f64::min);
    println!("{name:24} {:8.2} us {:6.2} GB/s", best * 1e6, bytes as f64 / best / 1e9);
}

/// A slow wave, spikes and noise, in the range of real leads.
fn ecg(len: usize, seed: u32) -> Vec<i32> {
    let mut state = seed;
    let noise = |state: &mut u32| {
        *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (*state >> 24).cast_signed() % 24 - 12
    };
    let wave = |i: usize| (i as f64 / 160.0).sin() * 120.0 + if i % 400 < 12 { 700.0 } else { 0.0 };
    #[expect(clippy::cast_possible_truncation, reason = "the wave is small")]
    (0..len).map(|i| wave(i) as i32 + noise(&mut state)).collect()
}

fn body(len: usize) -> Vec<u8> {
    let mut body = String::from(r#"{"date":"2024-05-01T12:00:00Z","leads":["#);
    for (seed, name) in
        ["I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"].iter().enumerate()
    {
        let signal = String::from_utf8(to_json(&ecg(len, u32::try_from(seed).unwrap())).unwrap()).unwrap();
        let comma = if seed > 0 { "," } else { "" };
        write!(body, r#"{comma}{{"name":"{name}","num_samples":{len},"signal":{signal}}}"#).unwrap();
    }
    (body + "]}").into_bytes()
}
