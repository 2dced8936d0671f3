"""Arrow's C structures are checked, kept and given back, even to a producer that lies."""

import gc
from array import array
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ecg_core import Signal, count_zero_crossings, zero_crossings_mask
from tests.core.inputs.arrow import (
    SAMPLES,
    ArrayProducer,
    Get,
    Producer,
    Release,
    StreamProducer,
    shorts,
)


def exporter(name: str, export: Callable[[], Any]) -> Any:
    return SimpleNamespace(**{name: export})


@pytest.mark.parametrize(
    ("lies", "message"),
    [
        ({"length": -1}, "negative length or offset"),
        ({"offset": -1}, "negative length or offset"),
        ({"length": 2**62}, "length beyond memory"),
        ({"offset": 2**63 - 1}, "length beyond memory"),
        ({"buffers": None}, "two buffers"),
        ({"null_count": 1}, "a buffer is missing"),
        ({"format": None}, "no format"),
        ({"release": Release()}, "consumed before"),
    ],
)
def test_a_malformed_array_is_refused(lies: dict[str, Any], message: str) -> None:
    producers: list[Any] = [ArrayProducer(shorts(), **lies)]
    if "release" not in lies:
        producers.append(StreamProducer(shorts(), **lies))
    for producer in producers:
        with pytest.raises(ValueError, match=f"malformed Arrow array: .*{message}"):
            count_zero_crossings(producer)
        assert producer.released == (producer.given if "release" not in lies else 0)


def test_an_offset_moves_numbers_and_nulls() -> None:
    assert Signal(ArrayProducer(shorts(), offset=2, length=4)).to_list() == SAMPLES[2:]
    with pytest.raises(ValueError, match="null at index 1"):
        Signal(ArrayProducer(shorts(), b"\x37", offset=2, length=4))
    beyond_a_byte = array("h", range(20))
    with pytest.raises(ValueError, match="null at index 7"):
        Signal(ArrayProducer(beyond_a_byte, b"\xff\xfb\xff", offset=3, length=10))


def test_a_capsule_is_consumed_once() -> None:
    producer = ArrayProducer(shorts())
    capsules = producer.__arrow_c_array__()
    again = exporter("__arrow_c_array__", lambda: capsules)
    assert count_zero_crossings(again) == 2
    with pytest.raises(ValueError, match="consumed before"):
        count_zero_crossings(again)
    assert producer.released == producer.given == 2


def test_numbers_must_be_somewhere() -> None:
    nowhere = array("h")
    assert count_zero_crossings(ArrayProducer(nowhere)) == 0
    assert Signal(StreamProducer(nowhere, nowhere)).to_list() == []
    with pytest.raises(ValueError, match="a buffer is missing"):
        count_zero_crossings(ArrayProducer(nowhere, length=1))


@pytest.mark.parametrize("count", [-1, 0, 1, 5])
def test_the_bits_decide_where_nulls_may_be(count: int) -> None:
    assert Signal(ArrayProducer(shorts(), b"\x3f", null_count=count)).to_list() == SAMPLES
    holed = ArrayProducer(shorts(), b"\x37", null_count=count)
    if count:
        with pytest.raises(ValueError, match="null at index 3"):
            Signal(holed)
    else:
        assert Signal(holed).to_list() == SAMPLES


def test_everything_is_released_once() -> None:
    for producer in (ArrayProducer(shorts()), StreamProducer(shorts(), shorts(), shorts())):
        assert count_zero_crossings(producer) in {2, 6}
        assert producer.released == producer.given > 1


def test_memory_is_held_for_as_long_as_it_is_looked_at() -> None:
    class Row(ArrayProducer):
        def __len__(self) -> int:
            return len(SAMPLES)

    class Later:
        def __array__(self) -> Any:
            gc.collect()
            released.append(producer.released)
            return np.array(SAMPLES)

    producer, released = Row(shorts()), list[int]()
    assert np.array_equal(count_zero_crossings([producer, Later()]), [2, 2])
    assert released == [1]  # the schema
    assert producer.released == producer.given == 2


def test_a_failing_stream_says_why() -> None:
    stream = StreamProducer(shorts(), shorts(), code=5)
    with pytest.raises(ValueError, match="failed with code 5: the disk is gone"):
        Signal(stream)
    assert stream.released == stream.given == 4
    for callback in ("get_schema", "get_next"):
        lies: dict[str, Any] = {callback: Get()}
        silent = StreamProducer(shorts(), **lies)
        with pytest.raises(ValueError, match="lacks a callback"):
            Signal(silent)
        assert silent.released == silent.given


@pytest.mark.parametrize("attribute", ["__arrow_c_array__", "__arrow_c_stream__"])
@pytest.mark.parametrize("given", [None, (1, 2), 5])
def test_anything_but_capsules_is_refused(attribute: str, given: Any) -> None:
    other = exporter(attribute, lambda: given)
    refusals: list[Callable[[Any], Any]] = [count_zero_crossings, Signal, zero_crossings_mask]
    for refuse in refusals:
        with pytest.raises(TypeError):
            refuse(other)


def test_capsules_of_other_names_are_refused() -> None:
    producer = Producer(shorts())
    swapped = (
        producer.capsule(producer.array(), b"arrow_array"),
        producer.capsule(producer.schema(), b"arrow_schema"),
    )
    other = exporter("__arrow_c_array__", lambda: swapped)
    with pytest.raises(ValueError, match="incorrect name"):
        count_zero_crossings(other)
    assert producer.released == 0


def test_a_failing_export_fails_as_it_does() -> None:
    other = exporter("__arrow_c_array__", lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        Signal(other)
