//! The decoder survives any bytes, within memory bounded by them and with less than it needs, and gives back what was
//! packed.
#![no_main]

#[path = "../../tests/allocator/mod.rs"]
mod allocator;

use allocator::{peak, within};
use ecg_core::Signal;
use ecg_core::blob::{
    BlobError, HEAD, head_len, leads, pack, places, unpack, unpack_at_most, unpack_json_at_most, window,
    window_at_most,
};
use ecg_core::crossings::ZeroRule;
use ecg_core::json::to_json;
use ecg_core_fuzz::{forged, on_every_isa};
use libfuzzer_sys::fuzz_target;

/// The smallest block has four bytes and 128 samples of four bytes.
const MOST: usize = 128;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(signals) = on_every_isa(|| bounded(bytes, || unpack(bytes))) {
        told(bytes, &signals);
        assert_eq!(unpack(&pack(&signals).unwrap()), Ok(signals));
    }
    let _ = bounded(bytes, || leads(bytes));
    forged_blob(bytes);
    for samples in [wide(bytes), walk(bytes, 1), walk(bytes, 300)] {
        round_trip(&samples);
    }
});

fn bounded<T>(blob: &[u8], work: impl Fn() -> Result<T, BlobError>) -> Result<T, BlobError> {
    let (result, peak) = peak(&work);
    assert!(peak <= MOST * blob.len(), "{peak} bytes for a blob of {}", blob.len());
    let with_less = peak.checked_sub(1).and_then(|bytes| within(bytes, &work).err());
    assert_eq!(with_less, (peak > 0).then_some(BlobError::OutOfMemory));
    result
}

/// What a window accepts is a slice of the lead, and once the table says so, the lead.
fn forged_blob(bytes: &[u8]) {
    let mut blob = forged::repaired(bytes);
    let mut found = Vec::new();
    for lead in forged::leads(&blob) {
        let whole = on_every_isa(|| bounded(&blob, || window(&blob, lead, 0, usize::MAX)));
        let Ok(signal) = whole else {
            let error = on_every_isa(|| unpack(&blob)).unwrap_err();
            assert_eq!(unpack_json_at_most(&blob, u64::MAX), Err(error));
            return;
        };
        windows(&blob, lead, &signal, bytes);
        assert_eq!(bounded(&blob, || by_runs(&blob, lead)).unwrap(), signal.samples());
        let crossings = signal.count_zero_crossings(ZeroRule::Neutral, 0, None);
        forged::describe(
            &mut blob,
            lead,
            signal.minimum().unwrap_or(0),
            signal.maximum().unwrap_or(0),
            crossings,
        );
        found.push(signal);
    }
    told(&blob, &found);
    assert_eq!(on_every_isa(|| bounded(&blob, || unpack(&blob))), Ok(found));
}

/// The samples of a lead from the parts of the blob that they need.
fn by_runs(blob: &[u8], lead: usize) -> Result<Vec<i32>, BlobError> {
    let head = head_len(&blob[..HEAD])?;
    let place = places(&blob[..head], blob.len())?[lead];
    let (lead, mut samples) = (place.open(&blob[place.index()])?, Vec::new());
    samples.try_reserve_exact(lead.samples()).map_err(|_| BlobError::OutOfMemory)?;
    lead.runs(0..usize::MAX).try_for_each(|run| run.unpack(&blob[run.bytes()], &mut samples))?;
    Ok(samples)
}

/// What a blob tells of its leads is what they are, and no more of them are unpacked than the caller takes.
fn told(blob: &[u8], signals: &[Signal]) {
    let told = bounded(blob, || leads(blob)).unwrap();
    assert_eq!(told.len(), signals.len());
    let mut all = 0;
    for (index, (lead, signal)) in told.iter().zip(signals).enumerate() {
        let samples = signal.samples().len() as u64;
        assert_eq!(
            (u64::from(lead.samples), lead.minimum, lead.maximum),
            (samples, signal.minimum(), signal.maximum())
        );
        assert_eq!(u64::from(lead.crossings), signal.count_zero_crossings(ZeroRule::Neutral, 0, None));
        let most = |max| window_at_most(blob, index, 0, usize::MAX, max);
        limited(samples, signal, most);
        all += samples;
    }
    limited(all, &signals.to_vec(), |max| unpack_at_most(blob, max));
    let texts: Vec<_> = signals.iter().map(|signal| to_json(signal.samples()).unwrap()).collect();
    limited(all, &texts, |max| unpack_json_at_most(blob, max));
}

/// All is unpacked if so many samples are taken, and nothing, without memory for it, if one less.
fn limited<T: PartialEq + std::fmt::Debug>(
    samples: u64,
    all: &T,
    unpack: impl Fn(u64) -> Result<T, BlobError>,
) {
    assert_eq!(unpack(samples).as_ref(), Ok(all));
    if let Some(max) = samples.checked_sub(1) {
        assert_eq!(unpack(max), Err(BlobError::TooManySamples { samples, max }));
    }
}

fn round_trip(samples: &[i32]) {
    let signal = Signal::new(samples);
    let blob = on_every_isa(|| pack(std::slice::from_ref(&signal)).unwrap());
    assert!(blob.len() <= 16 + 32 + size_of_val(samples), "raw is the longest");
    assert_eq!(on_every_isa(|| unpack(&blob)), Ok(vec![signal.clone()]));
    windows(&blob, 0, &signal, &samples.len().to_le_bytes());
}

/// Windows are slices: around a border of blocks, and where `dice` says.
fn windows(blob: &[u8], lead: usize, signal: &Signal, dice: &[u8]) {
    let samples = signal.samples();
    let place = |index: usize| dice.get(index).map_or(0, |&byte| usize::from(byte) * 3);
    for (start, stop) in [(127, 129), (128, 256), (place(0), place(1)), (place(2), usize::MAX)] {
        let end = stop.min(samples.len());
        let found = on_every_isa(|| window(blob, lead, start, stop)).unwrap();
        assert_eq!(found.samples(), &samples[start.min(end)..end]);
    }
}

fn wide(bytes: &[u8]) -> Vec<i32> {
    bytes.as_chunks().0.iter().map(|four| i32::from_le_bytes(*four)).collect()
}

/// Each byte is a step up or down, like neighbours in an ECG.
fn walk(bytes: &[u8], step: i32) -> Vec<i32> {
    let mut sample = 0_i32;
    let next = |&byte: &u8| {
        sample = sample.wrapping_add(i32::from(byte.cast_signed()) * step);
        sample
    };
    bytes.iter().map(next).collect()
}
