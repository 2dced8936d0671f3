"""What other libraries take a `Signal` as, and that they share its samples."""

import ctypes
import gc
import sys
from typing import Any

import arro3.core as arro3
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecg_core import Signal, count_zero_crossings

SAMPLES = st.lists(st.integers(-(2**31), 2**31 - 1), max_size=40)


def address(array: object) -> int:
    return np.asarray(array).__array_interface__["data"][0]


def arrow_address(array: Any) -> int:
    """Return where the second of the buffers is, the member of the structure after five numbers."""
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    _, capsule = array.__arrow_c_array__()
    buffers = ctypes.c_void_p.from_address(pointer(capsule, b"arrow_array") + 5 * 8)
    return ctypes.cast(buffers, ctypes.POINTER(ctypes.c_size_t))[1]


@given(samples=SAMPLES)
def test_numpy_looks_at_the_samples(samples: list[int]) -> None:
    signal = Signal(samples)
    array = signal.to_numpy()
    assert array.tolist() == samples
    assert (array.dtype, array.flags.writeable) == (np.int32, False)
    assert address(array) == address(signal)
    assert signal.nbytes == array.nbytes == 4 * len(samples)


@given(samples=SAMPLES)
def test_arrow_looks_at_the_samples(samples: list[int]) -> None:
    signal = Signal(samples)
    array: Any = arro3.Array.from_arrow(signal)
    assert array.type == arro3.DataType.int32()
    assert (array.to_pylist(), array.null_count) == (samples, 0)
    assert not samples or arrow_address(array) == arrow_address(signal) == address(signal)
    assert Signal(array) == signal


def test_what_looks_at_the_samples_keeps_them() -> None:
    signal = Signal(range(100_000))
    views: list[Any] = [signal.to_numpy(), arro3.Array.from_arrow(signal).slice(1)]
    capsules = signal.__arrow_c_array__(requested_schema=None)
    del signal
    gc.collect()
    _instead = [Signal([7] * 100_000) for _ in range(5)]
    assert [Signal(view)[-1] for view in views] == [99_999] * 2
    assert Signal(Offer(capsules)) == Signal(range(100_000))


class Offer:
    """Hands out capsules that were made before."""

    def __init__(self, capsules: tuple[object, object]) -> None:
        self.capsules = capsules

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
        return self.capsules


def test_capsules_are_consumed_once() -> None:
    offer = Offer(Signal([1, -1]).__arrow_c_array__())
    assert count_zero_crossings(offer) == 1
    with pytest.raises(ValueError, match="consumed before"):
        count_zero_crossings(offer)


def test_its_size_counts_the_samples() -> None:
    assert sys.getsizeof(Signal([0] * 1000)) - sys.getsizeof(Signal([])) == 4000
    assert sys.getsizeof(Signal([])) >= object.__sizeof__(object())


def test_its_length_is_known_to_extensions() -> None:
    """They ask in C, as torch does, for the length of a sequence and then for each item."""
    signal = ctypes.py_object(Signal([5, -6]))
    assert ctypes.pythonapi.PySequence_Check(signal)
    assert ctypes.pythonapi.PySequence_Size(signal) == 2
    item = ctypes.pythonapi.PySequence_GetItem
    item.restype, item.argtypes = ctypes.py_object, [ctypes.py_object, ctypes.c_ssize_t]
    assert [item(signal, 0), item(signal, 1)] == [5, -6]
