"""Masks, rates and indices of several dimensions are those of their lanes."""

from typing import Any

import numpy as np
import pytest

from ecg_core import (
    Signal,
    count_zero_crossings,
    zero_crossing_rate,
    zero_crossings,
    zero_crossings_mask,
)


@pytest.mark.parametrize("shape", [(7,), (3, 100), (100, 3), (2, 1, 70), (0, 4), (3, 0, 5)])
@pytest.mark.parametrize("order", ["C", "F"])
def test_every_axis_has_lanes(shape: tuple[int, ...], order: Any) -> None:
    samples = np.random.default_rng(1).integers(-1, 2, shape).astype("int32", order=order)
    options: dict[str, Any] = {"frame_length": 3, "hop_length": 2}
    for axis in range(-samples.ndim, samples.ndim):
        found = zero_crossings_mask(samples, axis=axis, pad=True)
        lanes, marks = np.moveaxis(samples, axis, -1), np.moveaxis(found, axis, -1)
        assert (found.dtype, found.shape) == (np.bool_, shape)
        for place in np.ndindex(lanes.shape[:-1]):
            assert marks[place].tolist() == zero_crossings_mask(lanes[place], pad=True).tolist()
        if samples.shape[axis]:
            rates = zero_crossing_rate(samples, axis=axis, **options)
            assert rates.shape == (*lanes.shape[:-1], 1, 1 + (lanes.shape[-1] - 1) // 2)
            for place in np.ndindex(lanes.shape[:-1]):
                assert rates[place].tolist() == zero_crossing_rate(lanes[place], **options).tolist()


@pytest.mark.parametrize("shape", [(3, 100), (2, 3, 70), (4, 0)])
@pytest.mark.parametrize("order", ["C", "F"])
def test_indices_in_several_dimensions_are_rows(shape: tuple[int, ...], order: Any) -> None:
    samples = np.asarray(np.random.default_rng(1).integers(-1, 2, shape), order=order)
    for axis in range(samples.ndim):
        found = zero_crossings(samples, axis=axis)
        assert found.dtype == np.int64
        assert np.array_equal(found, np.argwhere(zero_crossings_mask(samples, axis=axis)))
        assert len(found) == np.sum(count_zero_crossings(samples, axis=axis))


@pytest.mark.parametrize(
    "find", [count_zero_crossings, zero_crossings, zero_crossings_mask, zero_crossing_rate]
)
@pytest.mark.parametrize("order", ["C", "F"])
def test_an_axis_is_checked_and_a_nan_has_its_index(find: Any, order: Any) -> None:
    samples = np.ones((2, 3, 100), order=order)
    samples[1, 2, 70] = np.nan
    for axis in range(-3, 3):
        with pytest.raises(ValueError, match=r"NaN at index \(1, 2, 70\)$"):
            find(samples, axis=axis)
    for axis in (3, -4, 2**62):
        with pytest.raises(ValueError, match="no axis"):
            find(samples, axis=axis)
    with pytest.raises(ValueError, match="no axis 1 in 1 dimensions"):
        find(Signal([1]), axis=1)
