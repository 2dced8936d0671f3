"""A masked sample is no sample: it is refused by its index, wherever samples are taken."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any, cast

import numpy as np
import pytest

from ecg_core import (
    Signal,
    ZeroCrossingCounter,
    count_zero_crossings,
    pack,
    unpack,
    zero_crossing_rate,
    zero_crossings,
    zero_crossings_mask,
)


def updated(samples: Any) -> int:
    return ZeroCrossingCounter().update(samples)


def packed(samples: Any) -> Any:
    return unpack(pack([samples]))[0].to_list()


def listed(samples: Any) -> Any:
    return Signal(samples).to_list()


COUNTING: list[Callable[[Any], Any]] = [
    count_zero_crossings,
    zero_crossings,
    zero_crossings_mask,
    zero_crossing_rate,
    updated,
]
TAKING = [*COUNTING, packed, listed]


def with_mask(mask: object) -> Any:
    return cast("Any", np.ma).array(np.arange(100) % 3 - 1, mask=mask, dtype="i2")


@pytest.mark.parametrize("take", TAKING, ids=lambda take: take.__name__)
@pytest.mark.parametrize("masked", [[1], [2, 1], [99], range(100)])
def test_a_masked_sample_is_refused_with_the_first_index(
    take: Callable[[Any], Any], masked: list[int]
) -> None:
    samples = with_mask(np.isin(np.arange(100), list(masked)))
    for form, first in ((samples, min(masked)), (samples[::-1], 99 - max(masked))):
        with pytest.raises(ValueError, match=rf"(^|: )masked at index {first}$"):
            take(form)


@pytest.mark.parametrize("take", TAKING, ids=lambda take: take.__name__)
@pytest.mark.parametrize("mask", [np.ma.nomask, [False] * 100])
def test_an_array_of_which_nothing_is_masked_counts(take: Callable[[Any], Any], mask: Any) -> None:
    samples = np.arange(100, dtype="i2") % 3 - 1
    assert np.array_equal(take(np.ma.array(samples, mask=mask)), take(samples))


@pytest.mark.parametrize("dtype", ["uint8", "int16", "int32", "int64", "float32", "float64"])
def test_the_index_has_all_axes(dtype: str) -> None:
    samples: Any = np.ma.zeros((2, 3, 4), dtype)
    assert np.array_equal(count_zero_crossings(samples), np.zeros((2, 3)))
    samples[1, 2, 0] = samples[1, 1, 3] = np.ma.masked
    for axis in range(3):
        with pytest.raises(ValueError, match=r"^masked at index \(1, 1, 3\)$"):
            count_zero_crossings(samples, axis=axis)


def test_a_chunk_with_a_masked_sample_is_not_counted() -> None:
    counter = ZeroCrossingCounter()
    counter.update(np.array([1, -1]))
    with pytest.raises(ValueError, match="masked at index 1"):
        counter.update(np.ma.masked_equal([1, -1, 1], -1))
    assert (counter.update(np.array([1])), counter.count) == (1, 2)


def test_nothing_of_numpy_is_imported_to_find_out() -> None:
    script = """
import sys
from array import array
from ecg_core import Signal, count_zero_crossings
assert count_zero_crossings(array('h', [1, -1])) == Signal(array('h', [1, -1])).count_zero_crossings() == 1
print([name for name in sys.modules if name.startswith('numpy')])
"""
    outcome = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert outcome.stdout == "[]\n"
