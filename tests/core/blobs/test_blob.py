"""Blobs: lossless, small, readable for ever, and never silently wrong."""

import math
import random
import sys
from array import array
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecg_core import BlobError, Signal, pack, unpack, unpack_json, unpack_lead

LOW, HIGH = -(2**31), 2**31 - 1
FIXTURE = Path(__file__).parent / "fixtures" / "v1.blob"


def ecg(length: int, seed: int) -> list[int]:
    noise = random.Random(seed)
    wave = (120 * math.sin(i / 80) + (700 if i % 200 < 6 else 0) for i in range(length))
    return [int(value) + noise.randint(-12, 12) for value in wave]


def constant(value: int, count: int) -> list[int]:
    return [value] * count


EDGES = st.sampled_from([LOW, LOW + 1, -1, 0, 1, HIGH - 1, HIGH])
LEAD = st.one_of(
    st.lists(st.integers(LOW, HIGH) | EDGES, max_size=300),
    st.lists(st.integers(-20, 20), max_size=300),
    st.builds(constant, EDGES, st.integers(0, 600)),
    st.builds(ecg, st.integers(0, 600), st.integers(0, 9)),
)


def fixture_leads() -> list[list[int]]:
    """What the fixture holds: codecs 0 and 1, several blocks, limits, an empty lead."""
    wave = [(i * i * 37) % 401 - 200 for i in range(300)]
    return [wave, [LOW, HIGH, 0, -1], [], [7] * 130, [HIGH - i * 3 for i in range(256)]]


@given(leads=st.lists(LEAD, max_size=4))
def test_unpack_gives_what_was_packed(leads: list[list[int]]) -> None:
    signals = [Signal(lead) for lead in leads]
    blob = pack(signals)
    again = unpack(blob)
    assert again == signals
    assert unpack_json(blob) == [signal.to_json() for signal in signals]
    for signal, lead in zip(again, signals, strict=True):
        assert (signal.minimum, signal.maximum) == (lead.minimum, lead.maximum)
        assert signal.count_zero_crossings() == lead.count_zero_crossings()


@given(
    lead=LEAD,
    start=st.integers(-700, 700) | st.sampled_from([-sys.maxsize - 1, sys.maxsize]),
    stop=st.integers(-700, 700) | st.none(),
)
def test_a_window_is_a_slice(lead: list[int], start: int, stop: int | None) -> None:
    blob = pack([Signal([1]), Signal(lead)])
    for i in (1, -1):
        assert unpack_lead(blob, i, start, stop).to_list() == lead[start:stop]
        assert unpack_lead(blob, i, start=start).to_list() == lead[start:]
        assert unpack_lead(blob, i).to_list() == lead
    assert unpack_lead(blob, -2).to_list() == [1]


@pytest.mark.parametrize("bits", range(33))
def test_every_width_is_lossless(bits: int) -> None:
    step = 2**bits // 2
    lead = [((i % 2) * step + LOW) % 2**32 - 2**31 for i in range(1000)]
    assert unpack(pack([Signal(lead)])) == [Signal(lead)]


def test_any_buffer_of_integers_is_packed() -> None:
    expected = pack([Signal([1, -2]), Signal([3])])
    assert pack([array("h", [1, -2]), np.array([3], "uint64")]) == expected
    assert pack([[1, -2], iter([3])]) == expected
    assert pack(Signal(lead) for lead in ([1, -2], [3])) == expected


def test_other_signals_are_refused_by_index() -> None:
    refusals: list[tuple[Any, type[Exception], str]] = [
        (
            [Signal([]), np.array([0, 2**31])],
            ValueError,
            "signal 1: the sample at index 1 does not fit",
        ),
        ([np.array([0.0])], TypeError, 'signal 0: .*"d"'),
        ([np.zeros((1, 1), int)], ValueError, "signal 0: expected 1 dimension"),
        *(
            (single, TypeError, "expected an iterable of signals, got .*: put it in a list")
            for single in (Signal([1]), np.array([1]), array("h", [1]), b"1", "1", 5)
        ),
        ({"II": Signal([1])}, TypeError, "got dict: pass its values"),
        ({Signal([1])}, TypeError, "got set: a list has an order"),
        ([[1, 2.5]], TypeError, "signal 0: the sample at index 1 is not an integer"),
        ([[1], b"1"], TypeError, "signal 1: expected samples, got bytes"),
    ]
    for signals, error, message in refusals:
        with pytest.raises(error, match=message):
            pack(signals)


def test_indices_are_checked() -> None:
    blob = pack([Signal([1, 2, 3])])
    for index in (1, 2**62, -2, -(2**62)):
        for window in ((), (-1,), (0, -1)):
            with pytest.raises(IndexError, match=f"no lead {index}"):
                unpack_lead(blob, index, *window)
    for damaged in (b"", blob[:20]):
        with pytest.raises(BlobError):
            unpack_lead(damaged, -1)


def test_an_ecg_becomes_small() -> None:
    lead = ecg(5000, 1)
    assert len(pack([Signal(lead)])) < 5000 * 1.3
    assert len(pack([Signal([5] * 12_800)])) == 16 + 32 + 4 * 100
    assert len(pack([Signal([LOW, HIGH, 3])])) == 16 + 32 + 12


def test_blobs_of_the_past_stay_readable() -> None:
    """Codecs 0 and 1; `pack` no longer writes the latter."""
    assert [signal.to_list() for signal in unpack(FIXTURE.read_bytes())] == fixture_leads()


def test_every_flipped_bit_is_detected() -> None:
    """In an intact lead too: `unpack_lead` may succeed then, but only with the right samples."""
    leads = [ecg(150, 1), [LOW, HIGH], [], [7] * 130]
    blob = pack([Signal(lead) for lead in leads])
    for bit in range(8 * len(blob)):
        damaged = bytearray(blob)
        damaged[bit // 8] ^= 1 << bit % 8
        with pytest.raises(BlobError):
            unpack(bytes(damaged))
        for index, lead in enumerate(leads):
            with suppress(BlobError):
                assert unpack_lead(bytes(damaged), index).to_list() == lead


def test_damage_names_the_lead() -> None:
    blob = bytearray(pack([Signal(ecg(150, 1)), Signal(ecg(150, 2))]))
    blob[-1] ^= 1
    with pytest.raises(BlobError, match="damaged lead 1"):
        unpack(bytes(blob))
    assert unpack_lead(bytes(blob), 0).to_list() == ecg(150, 1)
    with pytest.raises(BlobError, match="damaged lead 1"):
        unpack_lead(bytes(blob), 1, 0, 1)


def test_truncated_and_extended_blobs_are_refused() -> None:
    blob = FIXTURE.read_bytes()
    for damaged in [*(blob[:length] for length in range(len(blob))), blob + b"\0", blob * 2]:
        with pytest.raises(BlobError):
            unpack(damaged)


def test_other_versions_are_refused_by_name() -> None:
    blob = bytearray(pack([]))
    blob[4] = 2
    with pytest.raises(
        BlobError, match="a blob of format 2, which this version of ecg_core does not read"
    ):
        unpack(bytes(blob))
    with pytest.raises(BlobError, match="not a blob"):
        unpack(b"GIF89a" + bytes(blob))


@given(garbage=st.binary(max_size=300), keep=st.integers(0, 300))
def test_garbage_is_refused(garbage: bytes, keep: int) -> None:
    blob = FIXTURE.read_bytes()
    for damaged in (garbage, b"ECGB\1\0\0\0" + garbage, blob[:keep] + garbage + blob[keep:]):
        if damaged != blob:
            with pytest.raises(BlobError):
                unpack(damaged)
