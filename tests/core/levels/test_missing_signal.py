"""What a signal says of its samples where some are missing, and how it stores those."""

import math
from array import array

import arro3.core as arro3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecg_core import Signal, pack, unpack
from tests.core.counting.test_crossings import RULES
from tests.core.levels.gaps import GAPPY, SENTINEL, Gappy, around, column, filled, masked, strided


@given(samples=GAPPY, buckets=st.integers(1, 20))
def test_a_signal_describes_what_is_there(samples: Gappy, buckets: int) -> None:
    signal = Signal(masked(samples, "int16"), missing=SENTINEL)
    assert signal.to_list() == filled(samples, "int32", SENTINEL).tolist()
    there = [sample for sample in samples if sample is not None]
    assert signal.extremes(missing=SENTINEL) == ((min(there), max(there)) if there else None)
    if there:
        assert math.isclose(
            signal.average(missing=SENTINEL, baseline=7), sum(there) / len(there) - 7
        )
        squares = [sample**2 for sample in there]
        assert math.isclose(signal.rms(missing=SENTINEL) ** 2, sum(squares) / len(there))
    else:
        for describe in (signal.average, signal.rms):
            with pytest.raises(ValueError, match="there is no sample"):
                describe(missing=SENTINEL)
    for zeros in RULES:
        for baseline in (0, 1):
            moved = [None if sample is None else sample - baseline for sample in samples]
            count = signal.count_zero_crossings(zeros=zeros, baseline=baseline, missing=SENTINEL)
            assert count == len(around(moved, zeros))
    assert thinned(signal, 2 * buckets) == thin(samples, buckets)


def thinned(signal: Signal, points: int) -> list[int]:
    positions, values = signal.thin(points, missing=SENTINEL)
    assert values.to_list() == [signal[position] for position in positions]
    return positions.to_list()


def thin(samples: Gappy, buckets: int) -> list[int]:
    """The reference: the first smallest and the last largest of each bucket, or the first that is missing."""
    if len(samples) <= 2 * buckets:
        return list(range(len(samples)))
    chosen: set[int] = set()
    for bucket in range(buckets):
        places = range(bucket * len(samples) // buckets, (bucket + 1) * len(samples) // buckets)
        there = [(sample, i) for i in places if (sample := samples[i]) is not None]
        largest = max(there, default=(0, places[0]))
        chosen |= {min(there, default=(0, places[0]))[1], largest[1]}
    return sorted(chosen)


@given(samples=GAPPY)
def test_masked_and_null_samples_are_stored_as_the_sentinel(samples: Gappy) -> None:
    wanted = Signal(filled(samples, "int32", SENTINEL))
    half = len(samples) // 2
    chunks = arro3.ChunkedArray([column(samples[:half]), column(samples[half:])])
    taken = [masked(samples, "int64"), strided(masked(samples, "int8")), column(samples), chunks]
    assert [Signal(form, missing=SENTINEL) for form in taken] == [wanted] * 4
    blob = pack(taken, missing=SENTINEL)
    assert blob == pack([wanted] * 4)
    assert unpack(blob) == [wanted] * 4


@given(st.lists(st.integers(-(2**31), 2**31 - 1), min_size=1, max_size=200), st.integers(-9, 9))
def test_mean_and_rms_are_those_that_are_asked_for_alone(samples: list[int], gap: int) -> None:
    signal = Signal(array("i", [*samples, 10]))
    for baseline in (0, -3, 1024.5):
        expected = (
            signal.average(baseline=baseline, missing=gap),
            signal.rms(baseline=baseline, missing=gap),
        )
        assert signal.mean_and_rms(baseline=baseline, missing=gap) == expected
        there = [sample - baseline for sample in (*samples, 10) if sample != gap]
        assert math.isclose(expected[0], math.fsum(there) / len(there), abs_tol=1e-6)


def test_no_sample_has_no_mean() -> None:
    with pytest.raises(ValueError, match="no sample"):
        Signal(array("i", [7])).mean_and_rms(missing=7)
