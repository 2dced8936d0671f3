//! Leads that are packed while they are read, so that the samples of a long one are never all in memory.

use super::runs::{INDEXED, RUN, append};
use crate::crossings::{Crossings, ZeroRule};
use crate::extremes::extremes;
use crate::gathering::Gathered;
use crate::memory::{OutOfMemory, Room};
use crate::signal::Signal;

/// Packed bytes of a lead from which on it gets room for [`AHEAD`] more at once.
const LONG: usize = 1 << 20;
/// So many bytes glibc maps by themselves, and moves without copying. What grows among others is copied while all
/// threads wait for the heap: of 20 MB, 9 ms.
const AHEAD: usize = 32 << 20;

/// A lead as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// Its samples.
    Samples(Signal),
    /// What they were packed to, run by run: there are more than [`RUN`].
    Packed(Packing),
}

/// The runs of a lead so far, and what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packing {
    pub(super) index: Vec<[[u8; 4]; 2]>,
    pub(super) runs: Vec<u8>,
    pub(super) samples: usize,
    pub(super) min: i32,
    pub(super) max: i32,
    pub(super) crossings: Crossings,
}

impl Default for Packing {
    fn default() -> Self {
        let crossings = Crossings::new(ZeroRule::Neutral);
        Self { index: Vec::new(), runs: Vec::new(), samples: 0, min: i32::MAX, max: i32::MIN, crossings }
    }
}

impl Packing {
    fn add(&mut self, run: &[i32]) -> Result<(), OutOfMemory> {
        let (min, max) = extremes(run);
        (self.min, self.max) = (self.min.min(min), self.max.max(max));
        self.samples += run.len();
        let _none_is_nan = self.crossings.extend(run);
        if self.runs.len() > LONG && self.runs.capacity() - self.runs.len() < 2 * size_of_val(run) {
            self.runs.make_room(AHEAD)?;
        }
        self.index.add(append(run, &mut self.runs)?)
    }
}

impl Recorded {
    /// About how many bytes it is packed to.
    pub(super) fn expected(&self) -> usize {
        match self {
            Self::Samples(signal) => expected(signal),
            Self::Packed(packing) => INDEXED * packing.index.len() + packing.runs.len(),
        }
    }
}

/// About how many bytes a signal is packed to.
pub(super) fn expected(signal: &Signal) -> usize {
    2 * signal.samples().len()
}

impl Gathered for Recorded {
    const RUN: usize = RUN;
    type Runs = Packing;

    fn add(runs: &mut Packing, run: &[i32]) -> Result<(), OutOfMemory> {
        runs.add(run)
    }

    fn made(mut runs: Packing, rest: Vec<i32>) -> Result<Self, OutOfMemory> {
        if runs.samples == 0 {
            return Signal::try_new(rest).map(Self::Samples);
        }
        runs.add(&rest)?;
        runs.runs.shrink_to_fit();
        Ok(Self::Packed(runs))
    }

    fn size(&self) -> usize {
        match self {
            Self::Samples(signal) => signal.samples().len(),
            Self::Packed(packing) => packing.samples,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::{pack, pack_recorded, unpack};
    use crate::json::{lift, lift_at_most, to_json};
    use crate::msgpack;

    fn samples(len: usize) -> Vec<i32> {
        (0..len).map(|i| i32::try_from(i * i % 1999).unwrap() - 999).collect()
    }

    #[test]
    fn leads_that_are_packed_while_they_are_read_become_the_same_blob() {
        for lens in [[1, RUN], [RUN, RUN + 1], [2 * RUN, 3 * RUN + 5], [2 * RUN + 1, 0]] {
            let signals = lens.map(|len| Signal::new(samples(len)));
            let texts = signals.each_ref().map(|signal| to_json(signal.samples()).unwrap());
            let [one, other] = texts.map(|text| String::from_utf8(text).unwrap());
            let spaced = other.replace(",7,", ", 7 ,"); // is not read by the kernels alone
            let body = format!("[{{\"signal\":{one}}},{{\"signal\":{spaced}}}]");
            let lifted = lift_at_most::<Recorded>(body.as_bytes(), "signal", 2).unwrap();
            assert_eq!(lifted.skeleton, lift(body.as_bytes(), "signal").unwrap().skeleton);
            let packed = pack(&signals).unwrap();
            let (blob, kept) = pack_recorded(lifted.signals).unwrap();
            assert_eq!(blob, packed);
            for (kept, signal) in kept.iter().zip(&signals) {
                assert_eq!(kept.as_ref(), (signal.samples().len() <= RUN).then_some(signal));
            }
            assert_eq!(unpack(&blob).unwrap(), signals);
        }
    }

    #[test]
    fn a_long_lead_keeps_no_more_than_it_needs() {
        let noise: Vec<i32> =
            samples(16 * RUN).iter().map(|sample| sample.wrapping_mul(1_640_531_527)).collect();
        let mut runs = Packing::default();
        for run in noise.chunks(RUN) {
            runs.add(run).unwrap();
        }
        assert!(runs.runs.len() > LONG && runs.runs.capacity() > AHEAD);
        let Recorded::Packed(packing) = Recorded::made(runs, vec![1]).unwrap() else { panic!("is long") };
        assert!(packing.runs.capacity() < packing.runs.len() + LONG);
        let (blob, _) = pack_recorded(vec![Recorded::Packed(packing)]).unwrap();
        assert_eq!(unpack(&blob).unwrap(), [Signal::new([noise, vec![1]].concat())]);
    }

    #[test]
    fn bytes_and_arrays_of_msgpack_become_the_same_blob() {
        let samples = samples(2 * RUN + 9);
        let packed = pack(&[Signal::new(&samples[..])]).unwrap();
        let len = u32::try_from(samples.len()).unwrap();
        let array: Vec<u8> =
            samples.iter().flat_map(|sample| [&[0xd2], &sample.to_be_bytes()[..]].concat()).collect();
        let array = [b"\x81\xa6signal\xdd", &len.to_be_bytes()[..], &array].concat();
        let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        let bytes =
            [b"\x82\xa6signal\xc6", &(4 * len).to_be_bytes()[..], &bytes, b"\xa8encoding\xa5i32le"].concat();
        for body in [array, bytes] {
            let lifted = msgpack::lift_at_most::<Recorded>(&body, "signal", 1).unwrap();
            assert_eq!(pack_recorded(lifted.signals).unwrap(), (packed.clone(), vec![None]));
        }
    }

    #[test]
    fn an_error_behind_many_runs_has_its_index() {
        let body = format!("{{\"signal\":[{}1.5]}}", "7,".repeat(3 * RUN));
        let error = lift_at_most::<Recorded>(body.as_bytes(), "signal", 1).unwrap_err();
        assert_eq!(&*error.pointer, format!("/signal/{}", 3 * RUN));
        assert_eq!(error, lift(body.as_bytes(), "signal").unwrap_err());
    }
}
