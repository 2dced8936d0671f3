"""Codec 3: long leads in runs, of which no more is read than is needed."""

import random
import struct
from collections.abc import Callable
from typing import Any

import pytest

from ecg_core import (
    BlobError,
    PackedSignal,
    Signal,
    ZeroRule,
    blob_info,
    open_blob,
    pack,
    read_batch,
    unpack,
    unpack_json,
    unpack_lead,
)
from tests.core.blobs.test_blob_format import documented

RUN = 65_536
DICE = random.Random(3)
WAVE = [n * n % 977 - 400 + (9_000 if n % 70_001 == 9 else 0) for n in range(3 * RUN + 77)]
NOISE = [DICE.randrange(-(2**31), 2**31) for _ in range(RUN + 1)]
LEADS = (WAVE, [1, -2, 3], NOISE, [7] * (2 * RUN))
SIGNALS = [*map(Signal, LEADS)]
BLOB = pack(SIGNALS)
PLACES = (0, 1, 127, RUN - 1, RUN, RUN + 1, 2 * RUN - 3, 3 * RUN, 3 * RUN + 76, 10**9)
RULES: tuple[ZeroRule, ...] = ("neutral", "positive", "negative", "distinct", "strict")


def entry(lead: int) -> tuple[int, ...]:
    """Codec, samples, minimum, maximum, crossings, offset, length, checksum."""
    return struct.unpack_from("<IIiiIIII", BLOB, 16 + 32 * lead)


def opened(lead: int) -> PackedSignal:
    return open_blob(lambda start, stop: BLOB[start:stop], len(BLOB))[lead]


def test_only_long_leads_are_in_runs() -> None:
    assert [entry(lead)[0] for lead in range(4)] == [3, 2, 3, 3]
    assert struct.unpack_from("<I", pack([Signal([5] * RUN)]), 16) == (2,)
    assert unpack(BLOB) == SIGNALS
    assert unpack_json(BLOB) == [signal.to_json() for signal in SIGNALS]
    assert [tuple(lead) for lead in blob_info(BLOB)] == [
        (len(s), s.minimum, s.maximum, s.count_zero_crossings()) for s in SIGNALS
    ]


def test_the_documented_decoder_reads_them() -> None:
    assert documented("decode")(BLOB) == [*LEADS]


@pytest.mark.parametrize("lead", range(4))
def test_a_window_is_a_slice(lead: int) -> None:
    samples, packed = LEADS[lead], opened(lead)
    for start in PLACES:
        for stop in (start, start + 1, start + 200, start + RUN + 1, None, -5):
            assert unpack_lead(BLOB, lead, start, stop).to_list() == samples[start:stop]
            assert packed[start:stop].unpack().to_list() == samples[start:stop]


@pytest.mark.parametrize("missing", [None, 7, -400])
@pytest.mark.parametrize("lead", range(4))
def test_a_packed_signal_says_what_the_signal_says(lead: int, missing: int | None) -> None:
    for part in (slice(None), slice(1, None), slice(RUN - 2, 2 * RUN + 9), slice(9, 9)):
        packed, signal = opened(lead)[part], SIGNALS[lead][part]
        assert len(packed) == len(signal)
        assert packed.to_json() == signal.to_json()
        assert packed.count(7) == signal.count(7)
        assert packed.extremes(missing=missing) == signal.extremes(missing=missing)
        for zeros in RULES:
            assert packed.count_zero_crossings(
                zeros=zeros, baseline=7, missing=missing
            ) == signal.count_zero_crossings(zeros=zeros, baseline=7, missing=missing)
        assert packed.count_zero_crossings() == signal.count_zero_crossings()
        for points in (2, 333, 3 * RUN):
            assert packed.thin(points, missing=missing) == signal.thin(points, missing=missing)
        if signal.extremes(missing=missing) is None:
            with pytest.raises(ValueError, match="no sample"):
                packed.mean_and_rms(missing=missing)
        else:
            assert packed.mean_and_rms(baseline=0.3, missing=missing) == signal.mean_and_rms(
                baseline=0.3, missing=missing
            )


def test_a_slice_of_a_slice_has_no_steps() -> None:
    assert opened(0)[10:][5:-70].unpack().to_list() == WAVE[15:-70]
    with pytest.raises(ValueError, match="step"):
        _ = opened(0)[::2]


def test_no_more_is_read_than_is_needed() -> None:
    ranges: list[tuple[int, int]] = []

    def read(start: int, stop: int) -> bytes:
        ranges.append((start, stop))
        return BLOB[start:stop]

    packed = open_blob(read, len(BLOB))[0]
    assert ranges == [(0, 16), (0, 144)]
    ranges.clear()
    assert packed[2 * RUN + 5 : 2 * RUN + 8].unpack().to_list() == WAVE[2 * RUN + 5 : 2 * RUN + 8]
    index, run = ranges
    assert index == (144, 144 + 4 * 8)
    assert run[1] - run[0] < 3 * RUN
    ranges.clear()
    assert packed.extremes() == SIGNALS[0].extremes()
    assert packed.count_zero_crossings() == SIGNALS[0].count_zero_crossings()
    assert ranges == []


def test_reading_packs_long_leads_and_keeps_others() -> None:
    texts = b",".join(b'{"signal":%b}' % signal.to_json() for signal in SIGNALS)
    [reading] = read_batch([b"[%b]" % texts])
    assert not isinstance(reading, Exception)
    assert reading.blob == BLOB
    assert reading.signals == SIGNALS
    assert [type(lead) for lead in reading.leads] == [
        PackedSignal,
        Signal,
        PackedSignal,
        PackedSignal,
    ]
    assert [lead[:].to_json() for lead in reading.leads] == unpack_json(BLOB)
    assert type(reading)(reading.skeleton, reading.blob).leads[1] == SIGNALS[1]


OTHERS: dict[str, Callable[[int, int], bytes]] = {
    "none": lambda _, __: b"",
    "more": lambda start, stop: BLOB[start:stop] + b"x",
    "fewer": lambda start, stop: BLOB[start : stop - 1],
}


@pytest.mark.parametrize("read", OTHERS.values(), ids=OTHERS)
def test_other_bytes_than_asked_for_are_damage(read: Callable[[int, int], bytes]) -> None:
    with pytest.raises(BlobError, match="cut off"):
        open_blob(read, len(BLOB))
    with pytest.raises(BlobError):
        open_blob(lambda start, stop: BLOB[start:stop], len(BLOB) - 1)


def test_what_a_function_raises_comes_through() -> None:
    def fail(start: int, stop: int) -> bytes:
        if start >= 144:
            raise ZeroDivisionError
        return BLOB[start:stop]

    with pytest.raises(ZeroDivisionError):
        open_blob(fail, len(BLOB))[0].unpack()
    text: Any = "text"
    with pytest.raises(TypeError):
        open_blob(lambda _, __: text, 100)


def test_more_samples_than_the_caller_takes_are_refused() -> None:
    samples = sum(map(len, LEADS))
    assert len(open_blob(BLOB, max_samples=samples)) == 4
    with pytest.raises(BlobError, match=f"{samples} samples, more than {samples - 1}"):
        open_blob(BLOB, max_samples=samples - 1)
