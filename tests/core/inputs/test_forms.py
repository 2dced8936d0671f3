"""Whatever form samples come in, they are counted like the list of them."""

import ctypes
import mmap
from array import array
from collections.abc import Callable
from typing import Any, get_args

import numpy as np
import pytest

from ecg_core import (
    Signal,
    ZeroCrossingCounter,
    ZeroRule,
    count_zero_crossings,
    pack,
    unpack,
    zero_crossing_rate,
    zero_crossings,
    zero_crossings_mask,
)

SAMPLES = [(i * 7919 % 5) - 2 for i in range(500)]


def read_only(dtype: str) -> Any:
    samples = np.array(SAMPLES, dtype)
    samples.flags.writeable = False
    return samples


def unaligned(dtype: str) -> Any:
    return np.frombuffer(b"?" + np.array(SAMPLES, dtype).tobytes(), dtype, offset=1)


def column(dtype: str) -> Any:
    return np.column_stack([np.ones(500), SAMPLES, np.zeros(500)]).astype(dtype)[:, 1]


def row_of_fortran(dtype: str) -> Any:
    return np.asfortranarray(np.array([SAMPLES, SAMPLES[::-1]], dtype))[0]


def backwards(dtype: str) -> Any:
    return np.array(SAMPLES[::-1], dtype)[::-1]


def mapped(dtype: str) -> Any:
    memory = mmap.mmap(-1, 500 * np.dtype(dtype).itemsize)
    samples = np.frombuffer(memory, dtype)
    samples[:] = SAMPLES
    return samples


def of_ctypes(dtype: str) -> Any:
    kinds = {"int16": ctypes.c_int16, "int32": ctypes.c_int32, "float64": ctypes.c_double}
    return (kinds[dtype] * 500)(*SAMPLES)


def of_array(dtype: str) -> Any:
    return array(np.dtype(dtype).char, SAMPLES)


def every_second(dtype: str) -> Any:
    doubled = [sample for one in SAMPLES for sample in (one, 1)]
    return memoryview(array(np.dtype(dtype).char, doubled))[::2]


def recast(dtype: str) -> Any:
    return memoryview(np.array(SAMPLES, dtype).tobytes()).cast(np.dtype(dtype).char)  # type: ignore[call-overload]


FORMS = [
    read_only,
    unaligned,
    column,
    row_of_fortran,
    backwards,
    mapped,
    of_ctypes,
    of_array,
    every_second,
    recast,
]


@pytest.mark.parametrize("dtype", ["int16", "int32", "float64"])
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_every_form_is_counted_like_the_list(form: Callable[[str], Any], dtype: str) -> None:
    samples, plain = form(dtype), Signal(SAMPLES)
    before = memoryview(samples).tobytes()
    for zeros in get_args(ZeroRule):
        count = plain.count_zero_crossings(zeros=zeros)
        assert count > 50
        counter = ZeroCrossingCounter(zeros)
        assert count_zero_crossings(samples, zeros=zeros) == counter.update(samples) == count
    assert zero_crossings(samples).tolist() == zero_crossings(plain).tolist()
    assert zero_crossings_mask(samples).tolist() == zero_crossings_mask(plain).tolist()
    assert zero_crossing_rate(samples).tolist() == zero_crossing_rate(plain).tolist()
    if dtype != "float64":
        assert Signal(samples) == unpack(pack([samples]))[0] == plain
    assert memoryview(samples).tobytes() == before


@pytest.mark.parametrize("dtype", ["uint8", "int16", "int32", "int64", "float32", "float64"])
def test_one_sample_stands_for_many(dtype: str) -> None:
    same = np.broadcast_to(np.array(1, dtype), 500)
    assert same.strides == (0,)
    assert count_zero_crossings(same, zeros="distinct") == 0
    assert zero_crossings(same, zeros="distinct").tolist() == []
    rows = np.broadcast_to(np.array([0, 1, 0], dtype), (500, 3))
    assert rows.strides[0] == 0
    for axis, counts in ((1, [2] * 500), (0, [0] * 3)):
        assert np.array_equal(count_zero_crossings(rows, zeros="negative", axis=axis), counts)
    if not dtype.startswith("float"):
        assert Signal(same).to_list() == [1] * 500


@pytest.mark.parametrize("dtype", [">i2", ">i4", ">i8", ">f4", ">f8"])
def test_foreign_bytes_are_swapped_by_the_caller(dtype: str) -> None:
    foreign = np.array(SAMPLES, dtype)
    for refuse in (count_zero_crossings, zero_crossings, zero_crossings_mask, Signal):
        with pytest.raises(TypeError, match="byteswap"):
            refuse(foreign)
    native = foreign.astype(foreign.dtype.newbyteorder("="))
    assert count_zero_crossings(native) == Signal(SAMPLES).count_zero_crossings()
