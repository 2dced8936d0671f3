"""Codec 2 of blobs: blocks of residuals, with patches for the large ones."""

import gzip
import json
from contextlib import suppress
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecg_core import BlobError, Signal, pack, unpack, unpack_lead

ROOT = Path(__file__).parents[3]
FIXTURE = Path(__file__).parent / "fixtures" / "v1_patched.blob"
RECORDING = ROOT / "ecg_service" / "cli" / "demo" / "data" / "ptb_s0010_re_10s.json.gz"
LOW, HIGH = -(2**31), 2**31 - 1
HEADER = 16 + 32


def wrapped(numbers: list[int]) -> list[int]:
    return [(number + 2**31) % 2**32 - 2**31 for number in numbers]


def added_up(start: int, residuals: list[int], times: int) -> list[int]:
    for _ in range(times):
        residuals = list(accumulate(residuals))
    return wrapped([start + residual for residual in residuals])


def spiked(length: int, spikes: dict[int, int]) -> list[int]:
    return [spikes.get(i, i * i % 7 - 3) for i in range(length)]


def payload_size(lead: list[int]) -> int:
    return len(pack([Signal(lead)])) - HEADER


def check(lead: list[int]) -> None:
    blob = pack([Signal(lead)])
    assert unpack(blob)[0].to_list() == lead


def fixture_leads() -> list[list[int]]:
    """Every order, both sizes of first samples and of patches, short blocks, limits, raw samples."""
    wave = [(i * i * 37) % 401 - 200 for i in range(300)]
    parabola = [3 * i * i - 50 * i + i % 2 for i in range(256)]
    spikes = spiked(400, {40: 700, 41: -650, 200: HIGH, 350: LOW})
    return [wave, parabola, spikes, [LOW, HIGH, 0, -1], [], [HIGH - i * 3 for i in range(131)]]


RESIDUALS = st.lists(st.integers(-30, 30) | st.integers(LOW, HIGH), max_size=300) | st.lists(
    st.integers(-30, 30), max_size=300
)
LEAD = st.builds(added_up, st.integers(LOW, HIGH), RESIDUALS, st.integers(0, 3))


@given(lead=LEAD, start=st.integers(0, 310), stop=st.integers(0, 310))
def test_leads_of_every_order_are_lossless(lead: list[int], start: int, stop: int) -> None:
    blob = pack([Signal(lead)])
    assert unpack(blob)[0].to_list() == lead
    assert unpack_lead(blob, 0, start, stop).to_list() == lead[start:stop]


def test_every_length_is_lossless() -> None:
    for length in range(301):
        for lead in (
            [LOW] * length,
            [7 * i - 900 for i in range(length)],
            [5 * i * i for i in range(length)],
            wrapped([HIGH - 2 + i for i in range(length)]),
            spiked(length, {length - 1: 900}),
        ):
            check(lead)


def test_a_spike_at_every_position_is_lossless() -> None:
    for position in range(128):
        for height in (200, 5000, HIGH, LOW):
            check(spiked(128, {position: height}))


@pytest.mark.parametrize("height", [700, 10**6, HIGH])
def test_any_number_of_outliers_is_lossless(height: int) -> None:
    for outliers in range(129):
        check(spiked(128, {i * 89 % 128: height - i % 3 for i in range(outliers)}))


def test_few_outliers_cost_a_few_bytes() -> None:
    calm = payload_size(spiked(128, {}))
    for outliers in range(1, 6):
        size = payload_size(spiked(128, {i * 23 + 9: 400 for i in range(outliers)}))
        assert size <= calm + 16 + 3 * 2 * outliers
    assert payload_size(spiked(128, dict.fromkeys(range(0, 128, 2), 400))) > calm + 5 * 16


def test_slopes_cost_nothing() -> None:
    assert payload_size([7] * 128) == 2 + 2
    assert payload_size([7 * i for i in range(128)]) == 2 + 2 + 2
    assert payload_size([100_000] * 128) == 2 + 4


def test_windows_are_slices_at_every_start() -> None:
    lead = fixture_leads()[2]
    blob = pack([Signal([1]), Signal(lead)])
    for start in range(len(lead) + 2):
        for length in (0, 1, 100, 200, 500):
            window = unpack_lead(blob, 1, start, start + length)
            assert window.to_list() == lead[start : start + length]


def test_blobs_of_today_stay_readable() -> None:
    blob = FIXTURE.read_bytes()
    assert [signal.to_list() for signal in unpack(blob)] == fixture_leads()
    assert pack([Signal(lead) for lead in fixture_leads()]) == blob


def test_every_flipped_bit_is_detected() -> None:
    leads = [spiked(150, {70: 900}), [5 * i for i in range(140)]]
    blob = pack([Signal(lead) for lead in leads])
    assert [blob[16], blob[48]] == [2, 2]
    for bit in range(8 * len(blob)):
        damaged = bytearray(blob)
        damaged[bit // 8] ^= 1 << bit % 8
        with pytest.raises(BlobError):
            unpack(bytes(damaged))
        for index, lead in enumerate(leads):
            with suppress(BlobError):
                assert unpack_lead(bytes(damaged), index).to_list() == lead


def test_truncated_and_extended_blobs_are_refused() -> None:
    blob = FIXTURE.read_bytes()
    for damaged in [*(blob[:length] for length in range(len(blob))), blob + b"\0", blob * 2]:
        with pytest.raises(BlobError):
            unpack(damaged)


def test_a_recording_becomes_small() -> None:
    leads = [
        lead["signal"] for lead in json.loads(gzip.decompress(RECORDING.read_bytes()))["leads"]
    ]
    blob = pack([Signal(lead) for lead in leads])
    assert [signal.to_list() for signal in unpack(blob)] == leads
    assert 8 * len(blob) / sum(map(len, leads)) <= 7.4
