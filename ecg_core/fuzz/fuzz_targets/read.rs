//! The reader is the same with all instructions, and reads what `serde_json` reads. What is known of the
//! samples is true, and their text is read again.
#![no_main]

use ecg_core::crossings::ZeroRule;
use ecg_core::json::parse;
use ecg_core::json::to_json;
use ecg_core_fuzz::verdict::judge;
use ecg_core_fuzz::{on_every_isa, oracle, rules};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    let signal = on_every_isa(|| parse(text));
    judge(text, signal.clone().map(|signal| signal.samples().to_vec()), oracle::parse(text));
    let Ok(signal) = signal else { return };
    let samples = signal.samples();
    let extremes = (samples.iter().min().copied(), samples.iter().max().copied());
    assert_eq!((signal.minimum(), signal.maximum()), extremes);
    for baseline in [0, samples.first().copied().unwrap_or(i32::MAX)] {
        for (_, rule) in ZeroRule::NAMES {
            let count = on_every_isa(|| signal.count_zero_crossings(rule, baseline, None));
            assert_eq!(count, rules::count(samples, rule, baseline), "{rule:?}");
        }
    }
    assert_eq!(parse(&to_json(samples).unwrap()), Ok(signal));
});
