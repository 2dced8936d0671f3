//! Whole documents of msgpack are judged as by `rmp`, with all instructions: the skeleton is the document with an index
//! in the place of each signal, or the error is the first one. What is packed while it is read is the same signals.
#![no_main]

use ecg_core::Signal;
use ecg_core::blob::{Recorded, pack_recorded, unpack};
use ecg_core::json::Lifted;
use ecg_core::msgpack::lift_at_most;
use ecg_core_fuzz::verdict::judge;
use ecg_core_fuzz::{msgpack, on_every_isa};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    for max_signals in [1, usize::MAX] {
        let lifted = on_every_isa(|| lift_at_most::<Signal>(body, "signal", max_signals));
        if let Ok(Lifted { signals, .. }) = &lifted {
            assert_eq!(recorded(body, max_signals), *signals);
        }
        let lifted = lifted.map(|lifted| {
            let samples = lifted.signals.iter().map(|signal| signal.samples().to_vec());
            (lifted.skeleton, samples.collect())
        });
        judge(body, lifted, msgpack::lift(body, max_signals));
    }
});

fn recorded(body: &[u8], max_signals: usize) -> Vec<Signal> {
    let leads = lift_at_most::<Recorded>(body, "signal", max_signals).unwrap().signals;
    unpack(&pack_recorded(leads).unwrap().0).unwrap()
}
