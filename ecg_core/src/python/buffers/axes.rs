//! Places in arrays of several dimensions.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::python::arguments::Cut;

/// The axis that a caller names, from the end if it is negative.
pub(crate) fn axis_of(Cut(axis): Cut, dimensions: usize) -> PyResult<usize> {
    let index = if axis < 0 { axis.checked_add_unsigned(dimensions) } else { Some(axis) };
    let index = index.and_then(|index| usize::try_from(index).ok()).filter(|&index| index < dimensions);
    index.ok_or_else(|| PyValueError::new_err(format!("no axis {axis} in {dimensions} dimensions")))
}

/// The position in all axes, 0 along `axis` if it is one of them, of an index over the others.
pub(crate) fn position(shape: &[usize], axis: usize, mut index: usize) -> Vec<usize> {
    let mut position = vec![0; shape.len()];
    for (other, &len) in shape.iter().enumerate().rev().filter(|(other, _)| *other != axis) {
        position[other] = index % len;
        index /= len;
    }
    position
}

/// The lengths of the axes but for one.
pub(crate) fn without(axis: usize, shape: &[usize]) -> Vec<usize> {
    [&shape[..axis], &shape[axis + 1..]].concat()
}

/// The error of what is no number, which names its position, if it has one.
pub(crate) fn no_number(py: Python<'_>, what: &str, position: &[usize]) -> PyErr {
    match position {
        [] => PyValueError::new_err(what.to_owned()),
        [index] => PyValueError::new_err(format!("{what} at index {index}")),
        _ => PyTuple::new(py, position)
            .map_or_else(|error| error, |index| PyValueError::new_err(format!("{what} at index {index}"))),
    }
}

/// How often something repeats along an axis, and at what distance in bytes.
#[derive(Clone, Copy)]
struct Axis {
    len: usize,
    stride: isize,
}

/// All but one.
fn others(shape: &[usize], strides: &[isize], axis: usize) -> Vec<Axis> {
    let all = shape.iter().zip(strides).map(|(&len, &stride)| Axis { len, stride });
    all.enumerate().filter(|(other, _)| *other != axis).map(|(_, other)| other).collect()
}

/// Where the lanes along an axis begin, the last of the other axes running fastest.
pub(crate) struct Starts {
    next: isize,
    left: usize,
    others: Vec<(Axis, usize)>,
}

impl Starts {
    pub(crate) fn new(shape: &[usize], strides: &[isize], axis: usize) -> Self {
        let others = others(shape, strides, axis);
        let left = others.iter().fold(1, |lanes: usize, other| lanes.saturating_mul(other.len));
        Self { next: 0, left, others: others.into_iter().map(|other| (other, 0)).collect() }
    }

    fn step(&mut self) {
        for (Axis { len, stride }, at) in self.others.iter_mut().rev() {
            *at += 1;
            self.next = self.next.wrapping_add(*stride);
            if *at < *len {
                return;
            }
            *at = 0;
            self.next = self.next.wrapping_sub(stride.wrapping_mul(len.cast_signed()));
        }
    }
}

impl Iterator for Starts {
    type Item = isize;

    fn next(&mut self) -> Option<isize> {
        self.left = self.left.checked_sub(1)?;
        let start = self.next;
        self.step();
        Some(start)
    }
}

/// Whether each lane along an axis begins where the one before it would go on.
pub(crate) fn follow(shape: &[usize], strides: &[isize], axis: usize) -> bool {
    let mut distance = strides[axis].checked_mul(shape[axis].cast_signed());
    others(shape, strides, axis).iter().rev().all(|other| {
        let follows = other.len == 1 || distance == Some(other.stride);
        distance = distance.and_then(|distance| distance.checked_mul(other.len.cast_signed()));
        follows
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_begin_where_their_positions_say() {
        let (shape, strides) = ([2, 3, 4], [100, -10, 1]);
        for axis in 0..3 {
            let starts: Vec<_> = Starts::new(&shape, &strides, axis).collect();
            assert_eq!(starts.len(), 24 / shape[axis]);
            for (lane, start) in starts.into_iter().enumerate() {
                let steps = position(&shape, axis, lane).into_iter().zip(strides);
                assert_eq!(start, steps.map(|(at, stride)| at.cast_signed() * stride).sum::<isize>());
            }
        }
        assert_eq!(Starts::new(&[3, 0], &[8, 8], 0).count(), 0);
        assert_eq!(Starts::new(&[3], &[8], 0).collect::<Vec<_>>(), [0]);
    }

    #[test]
    fn lanes_follow_each_other_in_one_order_only() {
        assert!(follow(&[5, 12], &[96, 8], 1) && follow(&[2, 5, 12], &[480, 96, 8], 2));
        assert!(follow(&[5, 6], &[96, 16], 1) && follow(&[12, 5], &[8, 96], 0));
        assert!(follow(&[1, 12], &[7, 8], 1) && follow(&[12], &[8], 0));
        assert!(!follow(&[5, 12], &[96, 8], 0) && !follow(&[5, 11], &[96, 8], 1));
        assert!(!follow(&[12, 5, 2], &[8, 96, 480], 0) && !follow(&[5, 12], &[-96, 8], 1));
    }
}
