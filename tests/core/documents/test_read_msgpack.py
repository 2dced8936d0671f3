"""Reading documents of MessagePack."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecg_core import DecodeError, Reading, Signal, pack, read_batch

INT32 = st.integers(-(2**31), 2**31 - 1)
KEYS = st.text(max_size=20).filter(lambda key: key not in {"signal", "encoding"})
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=10,
)


def read(body: bytes) -> Reading | DecodeError:
    [result] = read_batch([body], format="msgpack")
    return result


@given(st.lists(st.lists(INT32), max_size=5), VALUES)
def test_what_is_no_signal_stays_as_it_was(signals: list[list[int]], other: object) -> None:
    document = [{"x": other, "signal": samples} for samples in signals]
    reading = read(msgspec.msgpack.encode(document))
    assert isinstance(reading, Reading)
    assert reading.signals == [*map(Signal, signals)]
    assert reading.blob == pack(reading.signals)
    indices = [{"x": other, "signal": index} for index in range(len(signals))]
    assert reading.skeleton == msgspec.msgpack.encode(indices)


@given(samples=st.lists(INT32), before=st.booleans())
def test_bytes_are_samples_wherever_their_encoding_stands(
    samples: list[int], *, before: bool
) -> None:
    signal = Signal(samples)
    fields = {"signal": memoryview(signal).cast("B"), "encoding": "i32le"}
    ordered = dict(reversed(fields.items())) if before else fields
    reading = read(msgspec.msgpack.encode(ordered))
    assert isinstance(reading, Reading)
    assert reading.signals == [signal]


@given(st.binary())
def test_any_bytes_are_read_or_refused_as_msgspec_does(body: bytes) -> None:
    result = read(body)
    try:
        value = msgspec.msgpack.decode(body)
    except (msgspec.DecodeError, ValueError):
        assert isinstance(result, DecodeError)
        return
    if isinstance(result, DecodeError):
        assert result.code in {"duplicate_key", "unsupported", "depth", "not_an_array"}
    else:
        assert repr(msgspec.msgpack.decode(result.skeleton)) == repr(value)


@given(st.lists(INT32, min_size=1), st.data())
def test_a_document_cut_short_is_refused(samples: list[int], data: st.DataObject) -> None:
    body = msgspec.msgpack.encode({"x": 1.5, "signal": samples, "y": ["text"]})
    cut = data.draw(st.integers(0, len(body) - 1))
    error = read(body[:cut])
    assert isinstance(error, DecodeError)
    assert error.code == "syntax"


def test_the_format_is_one_of_two() -> None:
    with pytest.raises(ValueError, match=r"^format must be 'json' or 'msgpack', not \"xml\"$"):
        read_batch([], format="xml")  # type: ignore[arg-type]


def test_bodies_of_one_byte_a_sample_are_read_in_full() -> None:
    reading = read(b"\x81\xa6signal\xdd" + (1_000_000).to_bytes(4, "big") + b"\xf0" * 1_000_000)
    assert isinstance(reading, Reading)
    assert reading.signals == [Signal([-16] * 1_000_000)]
