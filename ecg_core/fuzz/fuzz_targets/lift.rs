//! Whole documents are judged as by `serde_json`, with all instructions: the skeleton is the document with
//! an index in the place of each signal, or the error is the first one.
#![no_main]

use ecg_core::json::lift;
use ecg_core_fuzz::verdict::judge;
use ecg_core_fuzz::{on_every_isa, oracle};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let lifted = on_every_isa(|| lift(body, "signal"));
    let lifted = lifted.map(|lifted| {
        let samples = lifted.signals.iter().map(|signal| signal.samples().to_vec());
        (lifted.skeleton, samples.collect())
    });
    judge(body, lifted, oracle::lift(body));
});
