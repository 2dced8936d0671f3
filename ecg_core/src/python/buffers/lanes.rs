//! Walking through the lanes along one axis of a buffer.

use super::{Element, Lane};

/// The lanes along an axis: one for each position in the other axes, the last of those running fastest.
pub(in crate::python) struct Lanes<'a, T> {
    next: Lane<'a, T>,
    left: usize,
    others: Vec<Axis>,
}

/// One of the other axes, and where the next lane is along it.
struct Axis {
    len: usize,
    stride: isize,
    at: usize,
}

impl<'a, T: Element> Lanes<'a, T> {
    pub(super) fn new(first: Lane<'a, T>, shape: &[usize], strides: &[isize], axis: usize) -> Self {
        let axes = shape.iter().zip(strides).map(|(&len, &stride)| Axis { len, stride, at: 0 });
        let others: Vec<_> = axes.enumerate().filter(|(other, _)| *other != axis).map(|(_, other)| other).collect();
        let left = others.iter().fold(1, |lanes: usize, other| lanes.saturating_mul(other.len));
        Self { next: first, left, others }
    }

    fn step(&mut self) {
        for axis in self.others.iter_mut().rev() {
            self.next.start = self.next.start.wrapping_offset(axis.stride);
            axis.at += 1;
            if axis.at < axis.len {
                return;
            }
            let back = axis.stride.wrapping_mul(axis.len.cast_signed());
            self.next.start = self.next.start.wrapping_offset(back.wrapping_neg());
            axis.at = 0;
        }
    }
}

impl<'a, T: Element> Iterator for Lanes<'a, T> {
    type Item = Lane<'a, T>;

    fn next(&mut self) -> Option<Lane<'a, T>> {
        self.left = self.left.checked_sub(1)?;
        let lane = self.next;
        self.step();
        Some(lane)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}
