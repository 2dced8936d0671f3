//! Seconds of several candidates for the same work, measured in turns.

use std::hint::black_box;
use std::time::{Duration, Instant};

use serde::Serialize;

/// Calls are repeated until a measurement is about as long.
const SHORTEST: Duration = Duration::from_micros(200);

/// One way to do some work on `size` bytes, and, if it stores samples, in how many bits each.
pub struct Candidate<'a> {
    name: &'static str,
    size: usize,
    bits: Option<f64>,
    call: Box<dyn FnMut() + 'a>,
}

impl<'a> Candidate<'a> {
    pub fn new<T>(name: &'static str, size: usize, mut call: impl FnMut() -> T + 'a) -> Self {
        Self { name, size, bits: None, call: Box::new(move || drop(black_box(call()))) }
    }

    pub fn storing(self, bits: f64) -> Self {
        Self { bits: Some(bits), ..self }
    }

    fn time(&mut self, repeats: u32) -> Duration {
        let start = Instant::now();
        (0..repeats).for_each(|_| (self.call)());
        start.elapsed()
    }

    fn repeats(&mut self) -> u32 {
        let least = (0..3).map(|_| self.time(1)).min().unwrap_or(SHORTEST);
        let repeats = SHORTEST.as_nanos() / least.as_nanos().max(1);
        u32::try_from(repeats.max(1)).unwrap_or(u32::MAX)
    }
}

/// What `benchmarks/core/measure.py` reads.
#[derive(Serialize)]
struct Timing<'a> {
    work: &'a str,
    candidate: &'a str,
    size: usize,
    bits_per_sample: Option<f64>,
    seconds: Vec<f64>,
}

/// Prints a line of JSON for each candidate, `ecg_core` first.
pub fn measure(work: &str, rounds: u32, mut candidates: Vec<Candidate>) {
    let repeats: Vec<u32> = candidates.iter_mut().map(Candidate::repeats).collect();
    let mut seconds = vec![Vec::new(); candidates.len()];
    for _ in 0..rounds {
        for ((candidate, &repeats), seconds) in candidates.iter_mut().zip(&repeats).zip(&mut seconds) {
            seconds.push(candidate.time(repeats).as_secs_f64() / f64::from(repeats));
        }
    }
    for (Candidate { name, size, bits, .. }, seconds) in candidates.into_iter().zip(seconds) {
        let timing = Timing { work, candidate: name, size, bits_per_sample: bits, seconds };
        println!("{}", serde_json::to_string(&timing).expect("numbers and strings are JSON"));
    }
}
