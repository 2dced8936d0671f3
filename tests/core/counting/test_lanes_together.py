"""Lanes that lie side by side, or follow each other, are read in the order of memory, and each counts as if it were alone."""

import math
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecg_core import ZeroRule, count_zero_crossings, zero_crossings, zero_crossings_mask
from tests.core.counting.matrix import DTYPES

WIDTHS = st.sampled_from([1, 2, 3, 12, 31, 63, 64, 65, 130])


def compare(samples: Any, axis: int, **options: Any) -> None:
    """Compare with the lanes, each copied to where it is alone."""
    counts = count_zero_crossings(samples, axis=axis, **options)
    mask = zero_crossings_mask(samples, axis=axis, **options)
    assert isinstance(counts, np.ndarray)
    assert (mask.shape, mask.dtype) == (samples.shape, np.bool_)
    assert np.array_equal(zero_crossings(samples, axis=axis, **options), np.argwhere(mask))
    lanes, marks = np.moveaxis(samples, axis, -1), np.moveaxis(mask, axis, -1)
    assert counts.shape == lanes.shape[:-1]
    for place in np.ndindex(counts.shape):
        lane = lanes[place].copy()
        assert counts[place] == count_zero_crossings(lane, **options)
        assert np.flatnonzero(marks[place]).tolist() == zero_crossings(lane, **options).tolist()


@settings(deadline=None)
@given(
    shape=st.tuples(st.integers(1, 3), st.integers(1, 150), WIDTHS),
    dtype=st.sampled_from(DTYPES),
    zeros=st.sampled_from(get_args(ZeroRule)),
    levels=st.tuples(st.sampled_from([0, 1, 0.5]), st.sampled_from([None, 3, math.nan])),
    seed=st.integers(0, 2**32 - 1),
)
def test_lanes_that_are_read_as_one_count_as_each_alone(
    shape: tuple[int, ...], dtype: str, zeros: Any, levels: tuple[float, Any], seed: int
) -> None:
    low = 0 if dtype[0] in "?u" else -1
    samples = (
        np.random.default_rng(seed).integers(low, 2 if dtype == "?" else 4, shape).astype(dtype)
    )
    baseline, missing = levels
    options: dict[str, Any] = {"zeros": zeros, "baseline": baseline, "missing": missing}
    for axis in (0, 1, 2):
        compare(samples, axis, **options)
    compare(samples[0], 0, **options)
    reversed_axes = np.asfortranarray(samples)
    for axis in (0, 1, 2):
        compare(reversed_axes, axis, **options)
        for found in (count_zero_crossings, zero_crossings, zero_crossings_mask):
            expected = found(samples, axis=axis, **options)
            assert np.array_equal(found(reversed_axes, axis=axis, **options), expected)
    for other in (samples[:, ::2], samples[:, :, ::-1], samples.T, np.ma.masked_equal(samples, 1)):
        if isinstance(other, np.ma.MaskedArray) and missing is None:
            continue
        for axis in (1, 2):
            compare(other, axis, **options)


LONG = pytest.mark.parametrize(
    ("shape", "axis"),
    [
        *[((50_000,), 0), ((50_000, 3), 0), ((70, 700), 0), ((3, 50_000), 1), ((2, 20_000, 2), 1)],
        *[((5000, 2), 1), ((5000, 1), 1), ((700, 3, 4), 1), ((300, 24, 2), 1)],  # short ones
    ],
)


@LONG
def test_lanes_of_many_words_cross_as_numpy_says(shape: tuple[int, ...], axis: int) -> None:
    dice = np.random.default_rng(1)
    samples: Any = dice.choice([-1, 1], shape)
    negative = samples < 0
    expected = np.diff(negative, axis=axis, prepend=negative.take([0], axis))
    assert np.array_equal(zero_crossings_mask(samples, axis=axis), expected)
    assert np.array_equal(
        zero_crossings(samples, axis=axis).reshape(-1, len(shape)), np.argwhere(expected)
    )
    assert np.array_equal(count_zero_crossings(samples, axis=axis), expected.sum(axis))
    zeros = samples * (dice.random(shape) < 0.3)
    compare(np.expand_dims(zeros, -1), axis)


@LONG
def test_a_nan_behind_many_words_is_named(shape: tuple[int, ...], axis: int) -> None:
    samples: Any = np.ones(shape)
    place = tuple(length // 8 * 7 for length in shape)
    samples[place] = math.nan
    for find in (count_zero_crossings, zero_crossings, zero_crossings_mask):
        with pytest.raises(ValueError, match="NaN") as error:
            find(samples, axis=axis)
        assert str(error.value).endswith(str(place[0] if len(place) == 1 else place))


def test_many_crossings_of_a_lane_are_counted() -> None:
    """A lane has more than fit a byte."""
    samples = np.tile([[1, -1, 1], [-1, -1, 2]], (1000, 1))
    assert np.array_equal(count_zero_crossings(samples, axis=0), [1999, 0, 0])


@settings(deadline=None)
@given(
    shape=st.tuples(
        st.one_of(st.integers(1, 60), st.just(700)),
        st.sampled_from([1, 2, 4, 31, 63, 64, 65, 130]),
    ),
    dtype=st.sampled_from(DTYPES),
    zeros=st.sampled_from(get_args(ZeroRule)),
    levels=st.tuples(
        st.sampled_from([[0, 1], [0.5], [0, 0.5, 1, 1.5]]), st.sampled_from([None, 3, math.nan])
    ),
    seed=st.integers(0, 2**32 - 1),
)
def test_joined_lanes_with_baselines_of_their_own_count_as_each_alone(
    shape: tuple[int, ...], dtype: str, zeros: Any, levels: tuple[list[float], Any], seed: int
) -> None:
    dice, most = np.random.default_rng(seed), 2 if dtype == "?" else 4
    samples = dice.integers(0, most, shape).astype(dtype)
    choice, missing = levels
    baselines = dice.choice(np.minimum(choice, most - 1), shape[0])
    if missing is not None and samples.dtype.kind == "f":
        samples[dice.random(shape) < 0.1] = missing
    options: dict[str, Any] = {"zeros": zeros, "missing": missing}
    mask = zero_crossings_mask(samples, baseline=baselines, **options)
    counts = count_zero_crossings(samples, baseline=baselines, **options)
    alone = [
        zero_crossings_mask(lane, baseline=baseline, **options)
        for lane, baseline in zip(samples, baselines.tolist(), strict=True)
    ]
    assert np.array_equal(mask, alone)
    assert np.array_equal(counts, mask.sum(1))
    columns = samples.T.copy()
    assert np.array_equal(
        count_zero_crossings(columns, axis=0, baseline=baselines, **options), counts
    )
    assert np.array_equal(zero_crossings(samples, baseline=baselines, **options), np.argwhere(mask))
    if missing is not None:
        masked = np.ma.masked_equal(samples, 1)
        found = count_zero_crossings(masked, baseline=baselines, **options)
        lanes = zip(masked, baselines.tolist(), strict=True)
        expected: list[Any] = [
            count_zero_crossings(lane, baseline=level, **options) for lane, level in lanes
        ]
        assert np.array_equal(found, expected)


@pytest.mark.parametrize("place", [0, 5, 1023, 1024, 17_000, 19_999])
def test_a_nan_of_a_short_lane_is_named(place: int) -> None:
    samples: Any = np.ones(20_000)
    samples[place] = math.nan
    table, baselines = samples.reshape(-1, 4), np.linspace(-1, 1, 5_000)
    for find in (count_zero_crossings, zero_crossings_mask):
        with pytest.raises(ValueError, match="NaN") as error:
            find(table, baseline=baselines)
        assert str(error.value).endswith(f"NaN at index {divmod(place, 4)}")
        assert np.array_equal(
            find(table, baseline=baselines, missing=math.nan),
            find(table, baseline=baselines.tolist(), missing=math.nan),
        )
        with pytest.raises(ValueError, match="NaN") as error:
            find(table.T.copy(), axis=0, baseline=baselines)
        assert str(error.value).endswith(f"NaN at index {divmod(place, 4)[::-1]}")


def test_a_baseline_for_each_lane_keeps_them_apart() -> None:
    samples = np.array([[5, 15], [7, 17], [5, 15]] * 50)
    for baseline, counts in ([6, 16], [100, 100]), (6, [100, 0]):
        found = count_zero_crossings(samples, axis=0, baseline=baseline)
        assert np.array_equal(found, counts)


@pytest.mark.parametrize("shape", [(0, 4), (4, 0), (3, 0, 2), (0, 0)])
def test_no_samples_have_no_crossings(shape: tuple[int, ...]) -> None:
    for axis in range(len(shape)):
        samples: Any = np.empty(shape)
        baselines = np.ones(samples.sum(axis).shape)
        assert not zero_crossings_mask(samples, axis=axis, pad=True).size
        assert not np.any(count_zero_crossings(samples, axis=axis, baseline=baselines))


def test_a_nan_has_its_index_wherever_it_is() -> None:
    for place in np.ndindex(2, 70, 3):
        samples = np.ones((2, 70, 3))
        samples[place] = math.nan
        for find in (count_zero_crossings, zero_crossings_mask):
            with pytest.raises(ValueError, match="NaN at index") as caught:
                find(samples, axis=1)
            assert str(caught.value) == f"NaN at index {place}"
