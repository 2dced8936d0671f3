//! JSON to samples. `ecg_core` also counts crossings and finds extremes; the others stop at samples.

use ecg_core::Signal;
use ecg_core::json::to_json;
use ecg_core::json::{lift, parse};
use serde::Deserialize;

use crate::timing::{self, Candidate};

#[derive(Deserialize)]
struct Document {
    leads: Vec<Lead>,
}

#[derive(Deserialize)]
struct Lead {
    signal: Vec<i32>,
}

pub fn measure(name: &str, rounds: u32, body: &[u8]) {
    let (whole, arrays) = (body.len(), arrays(body));
    let alone = arrays.iter().map(Vec::len).sum();
    let candidates = vec![
        Candidate::new("ecg_core", whole, || lift(body, "signal").unwrap()),
        Candidate::new("ecg_core, arrays alone", alone, || each(&arrays, |array| parse(array).unwrap())),
        Candidate::new("serde_json", whole, || serde_json::from_slice::<Document>(body).unwrap()),
        Candidate::new("serde_json, arrays alone", alone, || {
            each(&arrays, |array| serde_json::from_slice::<Vec<i32>>(array).unwrap())
        }),
        Candidate::new("sonic-rs", whole, || sonic_rs::from_slice::<Document>(body).unwrap()),
        Candidate::new("sonic-rs, arrays alone", alone, || {
            each(&arrays, |array| sonic_rs::from_slice::<Vec<i32>>(array).unwrap())
        }),
    ];
    timing::measure(&format!("read {name}, in Rust"), rounds, candidates);
}

/// The text of each signal, after a check that all of us read the same.
fn arrays(body: &[u8]) -> Vec<Vec<u8>> {
    let ours = lift(body, "signal").unwrap().signals;
    let serde: Document = serde_json::from_slice(body).unwrap();
    let sonic: Document = sonic_rs::from_slice(body).unwrap();
    for theirs in [serde, sonic] {
        assert!(ours.iter().map(Signal::samples).eq(theirs.leads.iter().map(|lead| &lead.signal[..])));
    }
    ours.iter().map(|signal| to_json(signal.samples()).unwrap()).collect()
}

fn each<T>(arrays: &[Vec<u8>], read: impl FnMut(&Vec<u8>) -> T) -> Vec<T> {
    arrays.iter().map(read).collect()
}
