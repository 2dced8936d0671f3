"""Reading many bodies in one call."""

import copy
import pickle
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from ecg_core import (
    BlobError,
    DecodeError,
    Reading,
    Signal,
    count_zero_crossings,
    lift_signals,
    pack,
    parse_signal,
    read_batch,
    unpack,
    unpack_lead,
)

LONG = b'{"signal":[' + b"12,-345," * 2_000_000 + b"0]}"


def test_errors_stay_in_their_place() -> None:
    good, bad, empty = b'{"signal":[1,-2]}', b'{"signal":[1,-2.5]}', b"{}"
    first, error, last = read_batch([good, bad, empty])
    assert isinstance(first, Reading)
    assert isinstance(last, Reading)
    assert first.skeleton == b'{"signal":0}'
    assert first.signals == [Signal([1, -2])]
    assert first.blob == pack(first.signals)
    assert (last.skeleton, last.signals, last.blob) == (b"{}", [], pack([]))
    assert isinstance(error, DecodeError)
    assert (error.code, error.offset, error.pointer) == ("not_an_integer", 13, "/signal/1")
    assert repr(first) == "<Reading of 1 signals>"


def test_a_body_with_too_many_signals_is_refused_before_the_next_one_is_read() -> None:
    two, three = (
        b'[{"signal":[1]},{"signal":[]}]',
        b'{"signal":[1],"x":[{"signal":[2]},{"signal":"y"}]}',
    )
    reading, error = read_batch([two, three], max_signals=2)
    assert isinstance(reading, Reading)
    assert isinstance(error, DecodeError)
    assert (error.code, error.offset, error.pointer) == ("too_many_signals", 44, "/x/1/signal")
    [none] = read_batch([b"{}"], max_signals=0)
    assert isinstance(none, Reading)
    with pytest.raises(ValueError, match=r"^max_signals must not be negative$"):
        read_batch([], max_signals=-1)


def test_a_reading_can_be_stored_copied_and_compared() -> None:
    body = b'{"signal":[1,-2],"x":{"signal":[]}}'
    reading, same, other, less = read_batch([body, body, body + b" ", b"{}"])
    assert reading == same
    assert hash(reading) == hash(same)
    assert reading not in {other, less, 1}
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(reading, protocol))
        assert isinstance(again, Reading)
        assert again == reading
        assert again.signals == [Signal([1, -2]), Signal([])]
    assert copy.copy(reading) is copy.deepcopy(reading) is reading


def test_a_reading_of_a_damaged_blob_is_refused() -> None:
    blob = pack([Signal([1, -2])])
    assert Reading(b"0", blob).signals == [Signal([1, -2])]
    with pytest.raises(BlobError, match="damaged"):
        Reading(b"0", blob[:-1] + b"x")
    with pytest.raises(TypeError):
        Reading("0", blob)  # type: ignore[arg-type]


def test_a_batch_equals_lifting_and_packing() -> None:
    bodies = [
        b'{"x":[%s]}' % b",".join(b"%d" % (i * i - n) for i in range(n))
        for n in (0, 1, 127, 128, 129, 5000)
    ]
    for body, reading in zip(bodies, read_batch(bodies, key="x"), strict=True):
        assert isinstance(reading, Reading)
        skeleton, signals = lift_signals(body, "x")
        assert (reading.skeleton, reading.signals, reading.blob) == (
            skeleton,
            signals,
            pack(signals),
        )
        assert unpack(reading.blob) == signals


def test_a_batch_takes_sequences_of_bytes_only() -> None:
    assert read_batch([]) == read_batch(()) == []
    for other in (b"{}", "{}", ["{}"], [b"{}", 5], 5):
        with pytest.raises(TypeError):
            read_batch(other)  # type: ignore[arg-type]


@pytest.fixture
def ticks() -> Iterator[Callable[[], int]]:
    """A count that another thread raises whenever it can get the GIL, which nobody is forced to drop."""
    count, stop = [0], threading.Event()

    def tick() -> None:
        while not stop.is_set():
            count[0] += 1
            time.sleep(0.0001)

    interval = sys.getswitchinterval()
    thread = threading.Thread(target=tick)
    thread.start()
    sys.setswitchinterval(1000)
    yield lambda: count[0]
    sys.setswitchinterval(interval)
    stop.set()
    thread.join()


MANY = Signal(range(5_000_000))
PACKED = pack([MANY])


@pytest.mark.parametrize(
    "work",
    [
        pytest.param(lambda: parse_signal(LONG[10:-1]), id="parse_signal"),
        pytest.param(lambda: lift_signals(LONG), id="lift_signals"),
        pytest.param(lambda: read_batch([LONG]), id="read_batch"),
        pytest.param(MANY.to_json, id="to_json"),
        pytest.param(lambda: pack([MANY]), id="pack"),
        pytest.param(lambda: unpack(PACKED), id="unpack"),
        pytest.param(lambda: unpack_lead(PACKED, 0), id="unpack_lead"),
        pytest.param(lambda: MANY.count_zero_crossings(baseline=1), id="zero_crossings"),
        pytest.param(lambda: count_zero_crossings(MANY, zeros="strict"), id="count_zero_crossings"),
    ],
)
def test_the_gil_is_released(work: Callable[[], object], ticks: Callable[[], int]) -> None:
    """Ticks between two lines of this thread prove it; a busy machine may need more attempts."""
    for _ in range(200):
        before = ticks()
        work()
        if ticks() > before:
            return
    pytest.fail("no other thread ever ran")
