//! Samples to bytes and back, each lead for itself. pco gets 16-bit samples; sizes are of these.

use ecg_core::Signal;
use ecg_core::blob::{pack, unpack};
use ecg_core::json::lift;
use pco::ChunkConfig;
use pco::standalone::{simple_compress, simple_decompress};

use crate::timing::{self, Candidate};

const LEVELS: [(usize, &str); 2] = [(4, "pco level 4"), (8, "pco level 8")];

pub fn measure(name: &str, rounds: u32, body: &[u8]) {
    let signals = lift(body, "signal").unwrap().signals;
    let halves: Vec<Vec<i16>> = signals.iter().map(halves).collect();
    let samples = halves.iter().map(Vec::len).sum::<usize>();
    #[expect(clippy::cast_precision_loss, reason = "the result is rounded")]
    let bits = |bytes: usize| 8.0 * bytes as f64 / samples as f64;
    let blob = pack(&signals).unwrap();
    let chunks = LEVELS.map(|(level, _)| compress(&halves, level));
    let size = 2 * samples;
    let mut packers =
        vec![Candidate::new("ecg_core", size, || pack(&signals).unwrap()).storing(bits(blob.len()))];
    let mut unpackers =
        vec![Candidate::new("ecg_core", size, || unpack(&blob).unwrap()).storing(bits(blob.len()))];
    for ((level, name), chunks) in LEVELS.into_iter().zip(&chunks) {
        assert!(decompress(chunks) == halves);
        let bits = bits(chunks.iter().map(Vec::len).sum());
        let halves = &halves;
        packers.push(Candidate::new(name, size, move || compress(halves, level)).storing(bits));
        unpackers.push(Candidate::new(name, size, || decompress(chunks)).storing(bits));
    }
    timing::measure(&format!("pack {name}, in Rust"), rounds, packers);
    timing::measure(&format!("unpack {name}, in Rust"), rounds, unpackers);
}

fn halves(signal: &Signal) -> Vec<i16> {
    signal.samples().iter().map(|&sample| i16::try_from(sample).expect("12 or 16 bits")).collect()
}

fn compress(leads: &[Vec<i16>], level: usize) -> Vec<Vec<u8>> {
    let config = ChunkConfig::default().with_compression_level(level);
    leads.iter().map(|lead| simple_compress(lead, &config).unwrap()).collect()
}

fn decompress(chunks: &[Vec<u8>]) -> Vec<Vec<i16>> {
    chunks.iter().map(|chunk| simple_decompress(chunk).unwrap()).collect()
}
