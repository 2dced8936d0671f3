"""Samples come as lists, as objects with one protocol, or as tables of one column; or it is said what to write."""

import subprocess
import sys
from array import array
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

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

SAMPLES = [3, 0, -2, 0, -1, 5]


class Arrayed:
    """What xarray and dask have: nothing but `__array__`."""

    def __init__(self, samples: Any, dtype: str | None = None) -> None:
        self.samples = np.array(samples, dtype)

    def __array__(self) -> Any:
        return self.samples


class Frame(Arrayed):
    """What a data frame of pandas has, whose `__array__` is of two dimensions."""

    ndim = 2

    def __init__(self, **columns: list[int]) -> None:
        super().__init__([*columns.values()])
        self.columns = [*columns]

    def __array__(self) -> Any:
        return self.samples.T


class Tensor:
    """What has nothing but DLPack."""

    def __init__(self, samples: Any, device: int = 1) -> None:
        self.samples, self.device = np.array(samples), device

    def __dlpack__(self, **options: Any) -> Any:
        return self.samples.__dlpack__(**options)

    def __dlpack_device__(self) -> tuple[int, int]:
        return self.device, 0


class WithoutPyArrow(Arrayed):
    """What pandas is where PyArrow is not installed."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> Any:
        raise ImportError("pyarrow is not here")


def counted(samples: Any) -> Any:
    return [count_zero_crossings(samples)]


def updated(samples: Any) -> Any:
    return [ZeroCrossingCounter().update(samples)]


def found(samples: Any) -> Any:
    return zero_crossings(samples).tolist()


def marked(samples: Any) -> Any:
    return zero_crossings_mask(samples).tolist()


def rated(samples: Any) -> Any:
    return zero_crossing_rate(samples, frame_length=4, hop_length=2).tolist()


def packed(samples: Any) -> Any:
    return unpack(pack([samples]))


def kept(samples: Any) -> Any:
    return Signal(samples).to_list()


COUNTING = [counted, updated, found, marked, rated]
TAKING = [*COUNTING, packed, kept]
FORMS: list[Callable[[list[int]], Any]] = [
    list,
    tuple,
    iter,
    lambda samples: [np.int16(sample) for sample in samples],
    Arrayed,
    WithoutPyArrow,
    Tensor,
    lambda samples: Frame(II=samples),
]


@pytest.mark.parametrize("take", TAKING, ids=lambda take: take.__name__)
@pytest.mark.parametrize("form", range(len(FORMS)))
def test_every_form_is_taken_like_the_buffer(take: Callable[[Any], Any], form: int) -> None:
    assert take(FORMS[form](SAMPLES)) == take(array("h", SAMPLES))


@given(samples=st.lists(st.integers(-(2**63), 2**63 - 1)))
def test_a_list_of_integers_is_counted_exactly(samples: list[int]) -> None:
    plain = array("q", samples)
    assert found(samples) == found(plain)
    for baseline in samples[:3]:
        assert count_zero_crossings(samples, baseline=baseline) == count_zero_crossings(
            plain, baseline=baseline
        )


@given(samples=st.lists(st.floats(allow_nan=False) | st.integers(-9, 9), min_size=1))
def test_a_list_with_a_float_is_of_floats(samples: list[float]) -> None:
    assert found([*samples, 0.5]) == found(array("d", [*samples, 0.5]))


def test_other_numbers_are_floats() -> None:
    assert counted([Decimal("0.5"), Fraction(-1, 3), np.float32(1), np.array(-1)]) == [3]
    assert counted([True, False]) == [0]
    with pytest.raises(ValueError, match=r"^NaN at index 1$"):
        counted([1, float("nan")])


def test_rows_have_a_count_each() -> None:
    rows = [SAMPLES, array("d", SAMPLES), Arrayed(SAMPLES[::-1]), tuple(SAMPLES)]
    assert np.array_equal(count_zero_crossings(rows), [2, 2, 2, 2])
    assert np.array_equal(count_zero_crossings(rows, axis=0), [0, 0, 0, 0, 0, 0])
    for find in (zero_crossings, zero_crossings_mask):
        assert np.array_equal(find(rows), find(np.array([SAMPLES] * 2 + [SAMPLES[::-1], SAMPLES])))


def test_typed_bytes_are_samples() -> None:
    data = array("h", SAMPLES).tobytes()
    assert kept(memoryview(data).cast("h")) == kept(np.frombuffer(data, "int16")) == SAMPLES
    for eight in (memoryview(b"\0\1"), array("B", [0, 1]), np.array([0, 1], "uint8")):
        assert kept(eight) == [0, 1]


def test_what_needs_numpy_says_so() -> None:
    program = """
import sys
sys.modules["numpy"] = None
from types import SimpleNamespace
from ecg_core import count_zero_crossings
assert count_zero_crossings([1, -1.5]) == count_zero_crossings(iter([1, -1])) == 1
for samples in ([[1, -1]], SimpleNamespace(__dlpack_device__=lambda: (1, 0))):
    try:
        count_zero_crossings(samples)
    except ImportError as error:
        assert "NumPy: install ecg-core[numpy]" in str(error)
    else:
        raise SystemExit("no error")
"""
    subprocess.run([sys.executable, "-c", program], check=True)
