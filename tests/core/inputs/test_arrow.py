"""Arrow arrays of a library are taken like buffers, through the PyCapsule interface."""

import ctypes
from typing import Any

import arro3.core as arro3
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
from tests.core.inputs.arrow import ArrayProducer, StreamProducer, shorts

INTEGERS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
COUNTED = [*INTEGERS, "float16", "float32", "float64"]


@pytest.mark.parametrize("dtype", COUNTED)
@given(samples=st.lists(st.integers(0, 2), max_size=150), start=st.integers(0, 70))
def test_a_column_is_counted_like_the_buffer(dtype: str, samples: list[int], start: int) -> None:
    numbers = np.array(samples, dtype) - (0 if dtype.startswith("uint") else 1)
    column = arro3.Array.from_numpy(numbers.astype(dtype)).slice(min(start, len(samples)))
    chunks = arro3.ChunkedArray([column, column])
    rest = numbers.astype(dtype)[start:]
    for form, same in ((column, rest), (chunks, np.concatenate([rest, rest]))):
        assert count_zero_crossings(form, zeros="distinct") == count_zero_crossings(
            same, zeros="distinct"
        )
        assert zero_crossings(form).tolist() == zero_crossings(same).tolist()
        assert zero_crossings_mask(form).tolist() == zero_crossings_mask(same).tolist()
        counter = ZeroCrossingCounter("distinct")
        assert counter.update(form) == count_zero_crossings(same, zeros="distinct")


@pytest.mark.parametrize("dtype", INTEGERS)
def test_every_integer_is_a_sample(dtype: str) -> None:
    column = arro3.Array.from_numpy(np.arange(100).astype(dtype))
    assert Signal(column).to_list() == list(range(100))
    assert unpack(pack([column, arro3.ChunkedArray([column])])) == [Signal(range(100))] * 2


def test_a_stream_that_is_there_once_has_a_rate() -> None:
    samples = [1, -1, 1, -1, 5, 5, 5, 5]
    stream = StreamProducer(shorts(*samples[:3]), shorts(*samples[3:]))
    wanted = zero_crossing_rate(Signal(samples), frame_length=4, hop_length=2)
    assert zero_crossing_rate(stream, frame_length=4, hop_length=2).tolist() == wanted.tolist()


def test_other_columns_are_refused_by_format() -> None:
    dictionary = ArrayProducer(shorts(), dictionary=ctypes.addressof(ctypes.c_char()))
    table: Any = arro3.Table
    ones = arro3.Array.from_numpy(np.ones(3))
    refusals: list[tuple[Any, str]] = [
        (arro3.Array([True], arro3.DataType.bool()), '"b".* cast it to uint8'),
        (arro3.Array(["1"], arro3.DataType.string()), '"u"'),
        (table.from_pydict({"I": ones, "II": ones}), r"table of 2 columns \(I, II\)"),
        (dictionary, "dictionary"),
        (ArrayProducer(shorts(), format=b""), '""'),
    ]
    for form, name in refusals:
        for refuse in (count_zero_crossings, zero_crossings, Signal, zero_crossings_mask):
            with pytest.raises(TypeError, match=name):
                refuse(form)
    with pytest.raises(TypeError, match='"d"'):
        Signal(arro3.Array.from_numpy(np.ones(3)))
    with pytest.raises(TypeError, match='"e"'):
        Signal(arro3.Array.from_numpy(np.ones(3, "float16")))


@given(valid=st.lists(st.booleans(), min_size=1, max_size=40), data=st.data())
def test_a_null_is_refused_with_its_index(valid: list[bool], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(valid) - 1))
    values = [1 if there else None for there in valid]
    column = arro3.Array(values, arro3.DataType.int16()).slice(start)
    if all(valid[start:]):
        assert Signal(column).to_list() == values[start:]
        return
    null = valid[start:].index(False)
    with pytest.raises(ValueError, match=rf"^null at index {null}$"):
        Signal(column)
    ones = arro3.Array([1, 1, 1], arro3.DataType.int16())
    with pytest.raises(ValueError, match=rf"^null at index {null + 3}$"):
        count_zero_crossings(arro3.ChunkedArray([ones, column]))
