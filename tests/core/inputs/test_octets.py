"""Blobs and documents are taken from any buffer of bytes."""

import ctypes
import mmap
from array import array
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from ecg_core import (
    Reading,
    Signal,
    blob_info,
    lift_signals,
    pack,
    parse_signal,
    read_batch,
    unpack,
    unpack_between,
    unpack_json,
    unpack_lead,
)

SIGNALS = [Signal([1, -2, 3]), Signal(range(500))]
BLOB = pack(SIGNALS)
BODY = b'{"signal": [1, -2, 3]}'


def mapped(data: bytes) -> mmap.mmap:
    memory = mmap.mmap(-1, len(data))
    memory[:] = data
    return memory


FORMS: dict[str, Callable[[bytes], Any]] = {
    "bytes": bytes,
    "bytearray": bytearray,
    "memoryview": memoryview,
    "part": lambda data: memoryview(b"x" + data)[1:],
    "signed": lambda data: memoryview(data).cast("b"),
    "characters": lambda data: memoryview(data).cast("c"),
    "numpy": lambda data: np.frombuffer(data, "u1"),
    "array": lambda data: array("B", data),
    "ctypes": lambda data: (ctypes.c_ubyte * len(data))(*data),
    "mmap": mapped,
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_any_buffer_of_bytes_is_read(form: Callable[[bytes], Any]) -> None:
    assert unpack(form(BLOB)) == SIGNALS
    assert unpack_json(form(BLOB)) == [signal.to_json() for signal in SIGNALS]
    texts = b",".join(signal.to_json() for signal in SIGNALS)
    assert unpack_between(form(BLOB), [form(b"<"), form(b","), form(b">")]) == b"<" + texts + b">"
    assert unpack_lead(form(BLOB), -1, -2).to_list() == [498, 499]
    assert blob_info(form(BLOB)) == blob_info(BLOB)
    assert parse_signal(form(b"[1, -2, 3]")) == SIGNALS[0]
    assert lift_signals(form(BODY)) == (b'{"signal": 0}', SIGNALS[:1])
    [reading] = read_batch([form(BODY)])
    assert isinstance(reading, Reading)
    assert reading.signals == SIGNALS[:1]


READERS: dict[str, Callable[[Any], object]] = {
    "unpack": unpack,
    "unpack_json": unpack_json,
    "unpack_between": lambda other: unpack_between(other, []),
    "a part": lambda other: unpack_between(BLOB, [other]),
    "unpack_lead": lambda other: unpack_lead(other, 0),
    "blob_info": blob_info,
    "parse_signal": parse_signal,
    "lift_signals": lift_signals,
    "read_batch": lambda other: read_batch([other]),
}


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_what_is_no_bytes_is_refused(read: Callable[[Any], object]) -> None:
    others = ["[1]", 5, None, [91, 93], array("h", [1]), np.zeros(3), np.array([True]), Signal([1])]
    for other in others:
        with pytest.raises(TypeError, match="bytes"):
            read(other)


def test_a_body_that_is_no_bytes_is_named() -> None:
    with pytest.raises(TypeError, match=r"body 1: .*bytes"):
        read_batch([BODY, "[]"])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
