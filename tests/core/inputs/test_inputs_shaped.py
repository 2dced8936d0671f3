"""What has axes keeps them, and rows of several types are counted exactly or refused."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecg_core import Signal, count_zero_crossings, zero_crossings_mask
from tests.core.counting.matrix import reference
from tests.core.inputs.arrow import SAMPLES, StreamProducer, shorts
from tests.core.inputs.test_inputs import COUNTING, TAKING, Arrayed


class DataArray(Arrayed):
    """What xarray has: axes, a type of NumPy's, and an Arrow stream."""

    def __init__(self, samples: Any, stream: Any = None) -> None:
        super().__init__(samples)
        self.stream = stream

    ndim = property(lambda self: self.samples.ndim)
    dtype = property(lambda self: self.samples.dtype)

    def __arrow_c_stream__(self, requested_schema: object = None) -> Any:
        assert self.stream, "this stream would be flat, with the coordinates"
        return self.stream.__arrow_c_stream__()


class Extension(DataArray):
    """What a nullable series of pandas is: its type is none of NumPy's, and its stream keeps what is null."""

    dtype = property(lambda self: "Int16")


@pytest.mark.parametrize("shape", [(6,), (2, 3), (3, 2), (1, 2, 3)])
def test_axes_are_kept(shape: tuple[int, ...]) -> None:
    samples = np.reshape(SAMPLES, shape)
    form = DataArray(samples)
    for axis in range(len(shape)):
        expected = count_zero_crossings(samples, axis=axis)
        assert np.array_equal(count_zero_crossings(form, axis=axis), expected)
        mask = zero_crossings_mask(samples, axis=axis)
        assert np.array_equal(zero_crossings_mask(form, axis=axis), mask)
    flat = DataArray(samples, StreamProducer(shorts()))
    assert np.array_equal(count_zero_crossings(flat), count_zero_crossings(samples))


@pytest.mark.parametrize("take", TAKING, ids=lambda take: take.__name__)
def test_a_lane_with_coordinates_counts(take: Any) -> None:
    assert take(DataArray(SAMPLES)) == take(np.array(SAMPLES))
    assert take(Extension([9], StreamProducer(shorts()))) == take(np.array(SAMPLES))


def test_several_axes_are_no_signal() -> None:
    two: list[Any] = [
        DataArray([[1, 2]]),
        Extension([[1, 2]]),
        np.array([[1, 2]]),
        [[1, 2]],
        [[]],
        ([1],),
    ]
    for samples in two:
        with pytest.raises(ValueError, match="expected 1 dimension"):
            Signal(samples)


SMALL = st.integers(-9, 9)
KINDS: list[Callable[[list[int]], Any]] = [
    list,
    tuple,
    lambda row: [*map(float, row)],
    *(partial(np.array, dtype=dtype) for dtype in ("i1", "i8", "f2", "f4", "f8")),
]


@given(
    rows=st.lists(st.lists(SMALL, min_size=3, max_size=3), min_size=1, max_size=4), data=st.data()
)
def test_rows_of_any_types_have_their_counts(rows: list[list[int]], data: Any) -> None:
    typed = [data.draw(st.sampled_from(KINDS))(row) for row in rows]
    expected = [len([*reference(row, "neutral", 0, None)]) for row in rows]
    assert np.array_equal(count_zero_crossings(typed), expected)


@pytest.mark.parametrize("large", [2**53 + 1, -(2**53) - 1, 2**63 - 1])
def test_large_integers_are_exact_or_refused(large: int) -> None:
    halves = [0.5, 1, 2]
    near = [large, large - 1, large]
    for row in (near, tuple(near), np.array(near)):
        counts = count_zero_crossings([row, row], baseline=large - 1, zeros="distinct")
        assert np.array_equal(counts, [2, 2])
        for rows in ([row, np.array(halves)], [np.array(halves), row], [row, halves]):
            with pytest.raises(ValueError, match=r"row [01]: .* index 0($| )"):
                count_zero_crossings(rows)
    for samples in ([large, 0.5], [0.5, np.int64(large)], ([large], [0.5])):
        with pytest.raises(ValueError, match="does not fit float64 exactly"):
            count_zero_crossings(samples)


def test_what_float64_holds_may_be_among_floats() -> None:
    for take in COUNTING[:1]:
        assert take([2**64, -0.5, 2**53]) == [2]
        assert take([np.uint64(2**63), -0.5]) == [1]
    unsigned, signed = np.array([2**63, 0], "u8"), np.array([-(2**53), 1])
    assert np.array_equal(count_zero_crossings([unsigned, signed]), [0, 1])
    with pytest.raises(ValueError, match=r"^row 0: float64, .* the integer at index 1$"):
        count_zero_crossings([np.array([1, 2**63 + 1], "u8"), signed])
    deep = [np.array([[1, 2**53 + 1]]), np.array([[0.5, 1]])]
    with pytest.raises(ValueError, match=r"^row 0: float64, .* at index \(0, 1\)$"):
        count_zero_crossings(deep)


@pytest.mark.parametrize("rows", [[[], []], [(), []], [np.array([]), []]])
def test_rows_may_be_empty(rows: Any) -> None:
    assert np.array_equal(count_zero_crossings(rows), [0, 0])
