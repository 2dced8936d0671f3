//! Where frames begin and end.

use std::ops::Range;

use crate::crossings::signs::WORD;

/// The next frame of which the first or the last sample is waited for, and where that is.
pub(super) struct Next {
    pub(super) frame: usize,
    pub(super) place: isize,
}

impl Next {
    pub(super) fn seen_from(&self, from: usize) -> Self {
        Self { frame: self.frame, place: self.place.saturating_sub_unsigned(from) }
    }

    pub(super) fn seen_before(&self, from: usize) -> Self {
        Self { frame: self.frame, place: self.place.saturating_add_unsigned(from) }
    }

    /// The samples of a kind from this place in a word on, if there are any.
    pub(super) fn within(&self, kind: u64) -> Option<u64> {
        let at = self.place.max(0).cast_unsigned();
        let ahead = if at < WORD { kind & u64::MAX << at } else { 0 };
        (ahead != 0).then_some(ahead)
    }

    /// The places in a word from this one to the last sample of a kind.
    pub(super) fn places(&self, kind: u64) -> Range<usize> {
        let end = WORD - kind.leading_zeros() as usize;
        end.min(self.place.max(0).cast_unsigned())..end
    }

    pub(super) fn step(&mut self, hop: isize) {
        self.frame += 1;
        self.place = self.place.saturating_add(hop);
    }

    /// Goes on by so many frames, of which one begins at each sample.
    pub(super) fn skip(&mut self, frames: usize) {
        self.frame += frames;
        self.place = self.place.saturating_add_unsigned(frames);
    }
}
