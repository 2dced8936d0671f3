"""The class `Signal`: construction, buffers, statistics, thinning, text."""

import json
import math
import pickle
from array import array
from fractions import Fraction
from io import BytesIO
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecg_core import Signal, parse_signal

LOW, HIGH = -(2**31), 2**31 - 1
INT32 = st.integers(LOW, HIGH) | st.sampled_from([LOW, HIGH, 0, -1])
SAMPLES = st.lists(INT32, max_size=300) | st.lists(st.integers(-9, 9), max_size=300)
SOME = SAMPLES.filter(bool)


@given(samples=SAMPLES)
def test_samples_are_kept(samples: list[int]) -> None:
    signal = Signal(samples)
    assert signal.to_list() == list(signal) == samples
    assert len(signal) == len(samples)
    assert [signal[i] for i in range(-len(samples), len(samples))] == samples * 2
    assert (signal.minimum, signal.maximum) == (
        min(samples, default=None),
        max(samples, default=None),
    )
    assert signal == Signal(iter(samples)) == Signal(signal) == pickle.loads(pickle.dumps(signal))
    assert signal != Signal([*samples, 0])


@pytest.mark.parametrize("dtype", ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"])
def test_every_integer_buffer_is_taken(dtype: str) -> None:
    values = np.arange(200).astype(dtype)
    assert Signal(values[::-3]).to_list() == values[::-3].tolist()


def test_other_samples_are_refused_with_their_place() -> None:
    refusals: list[tuple[Any, type[Exception], str]] = [
        ([1, 2.0], TypeError, "index 1 is not an integer"),
        ([True], TypeError, "index 0 is not an integer"),
        (["1"], TypeError, "index 0 is not an integer"),
        ([np.bool_(1)], TypeError, "index 0 is not an integer"),
        ("12", TypeError, "expected samples, got str: parse_signal"),
        (5, TypeError, "expected samples, got int"),
        ([0, 2**31], ValueError, "index 1 does not fit"),
        ([0, -(2**100)], ValueError, "index 1 does not fit"),
        (np.array([0, 0, HIGH + 1]), ValueError, "index 2 does not fit"),
        (np.array([LOW - 1]), ValueError, "index 0 does not fit"),
        (array("d", [1]), TypeError, '"d"'),
        (np.array([True]), TypeError, r"\?"),
        (np.array([1, 2], ">i4"), TypeError, "byteswap"),
        (np.zeros((2, 2), int), ValueError, "expected 1 dimension, got 2"),
    ]
    for samples, error, message in refusals:
        with pytest.raises(error, match=message):
            Signal(samples)
    assert Signal([np.int16(5), np.uint64(7)]).to_list() == [5, 7]


def test_a_failing_iterator_fails_as_it_does() -> None:
    with pytest.raises(ZeroDivisionError):
        Signal(1 // (1 - i) for i in range(3))


def test_the_buffer_is_shared_and_read_only() -> None:
    signal = Signal([1, LOW, HIGH])
    view = memoryview(signal)
    assert (view.format, view.itemsize, view.shape, view.strides, view.readonly) == (
        "i",
        4,
        (3,),
        (4,),
        True,
    )
    assert view.tolist() == [1, LOW, HIGH]
    samples = np.asarray(signal)
    assert samples.dtype == np.int32
    assert samples.__array_interface__["data"] == np.asarray(signal).__array_interface__["data"]
    assert not samples.flags.writeable
    with pytest.raises(ValueError, match="read-only"):
        samples[0] = 5
    del signal
    assert samples.tolist() == view.tolist() == [1, LOW, HIGH]
    assert bytes(Signal([])) == b""
    assert np.asarray(Signal([])).shape == (0,)


def test_it_cannot_be_written_to() -> None:
    with pytest.raises((BufferError, TypeError)):
        BytesIO(bytes(4)).readinto(Signal([1]))  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Signal([1])[0] = 2  # type: ignore[index]


def test_a_signal_introduces_itself() -> None:
    assert repr(Signal([3, -489, 1203])) == "Signal(3 samples, min -489, max 1203)"
    assert repr(Signal([])) == "Signal(0 samples)"
    assert Signal([1]) != [1]


@given(samples=SOME, baseline=INT32)
def test_mean_and_rms_are_exact(samples: list[int], baseline: int) -> None:
    distances = [sample - baseline for sample in samples]
    signal = Signal(samples)
    assert math.isclose(
        signal.average(baseline=baseline), sum(distances) / len(samples), rel_tol=1e-15
    )
    rms = math.sqrt(sum(distance**2 for distance in distances) / len(samples))
    assert math.isclose(signal.rms(baseline=baseline), rms, rel_tol=1e-15)


@given(samples=SOME, baseline=st.floats(LOW, HIGH))
def test_the_baseline_of_mean_and_rms_may_have_a_fraction(
    samples: list[int], baseline: float
) -> None:
    distances = [sample - Fraction(baseline) for sample in samples]
    signal, mean = Signal(samples), sum(distances) / len(samples)
    assert signal.average(baseline=baseline) == pytest.approx(float(mean), rel=1e-15, abs=1e-6)
    square = sum(distance**2 for distance in distances) / len(samples)
    assert signal.rms(baseline=Fraction(baseline)) == pytest.approx(math.sqrt(square), rel=1e-14)


def test_limits_do_not_overflow() -> None:
    signal = Signal([LOW] * 100_000)
    assert signal.average() == signal.average(baseline=0) == LOW
    assert signal.rms(baseline=HIGH) == HIGH - LOW
    for baseline in (HIGH + 1, LOW - 1):
        for statistic in (signal.average, signal.rms):
            with pytest.raises(ValueError, match="beyond what the samples can be"):
                statistic(baseline=baseline)


def test_nothing_has_no_mean() -> None:
    for statistic in (Signal([]).average, Signal([]).rms):
        with pytest.raises(ValueError, match="no sample"):
            statistic()


@given(samples=SOME)
def test_numpy_describes_a_signal(samples: list[int]) -> None:
    signal, values = Signal(samples), np.array(samples, np.int32)
    for describe in (np.min, np.max, np.mean, np.median, np.ptp, np.std, np.sum):
        assert describe(signal) == describe(values)
    assert (np.min(signal), np.max(signal)) == (signal.minimum, signal.maximum)
    assert np.mean(signal, axis=0) == pytest.approx(signal.average(), rel=1e-12, abs=1e-3)


def thinned(samples: list[int], max_points: int) -> list[int]:
    """The reference: positions of the first minimum and the last maximum of each bucket."""
    if len(samples) <= max_points:
        return list(range(len(samples)))
    buckets = max_points // 2
    borders = [bucket * len(samples) // buckets for bucket in range(buckets + 1)]
    positions: list[int] = []
    for start, stop in pairwise(borders):
        bucket = range(start, stop)
        low = min(bucket, key=samples.__getitem__)
        high = max(reversed(bucket), key=samples.__getitem__)
        positions += sorted([low, high])
    return positions


@given(samples=SAMPLES, max_points=st.integers(2, 320))
def test_thinning_keeps_extremes(samples: list[int], max_points: int) -> None:
    positions, values = Signal(samples).thin(max_points)
    assert positions.to_list() == thinned(samples, max_points)
    assert values.to_list() == [samples[position] for position in positions]
    assert len(values) <= max_points
    assert (values.minimum, values.maximum) == (Signal(samples).minimum, Signal(samples).maximum)


def test_thinning_needs_two_points() -> None:
    for max_points in (1, 0):
        with pytest.raises(ValueError, match="at least 2"):
            Signal([1, 2, 3]).thin(max_points)


@given(samples=SAMPLES)
def test_bytes_are_those_of_numpy(samples: list[int]) -> None:
    signal = Signal(samples)
    assert signal.to_bytes("i32le") == np.array(samples, "<i4").tobytes()
    halves = np.array(samples, "<i4").astype("<i2")
    if halves.tolist() == samples:
        assert signal.to_bytes("i16le") == halves.tobytes()
    else:
        with pytest.raises(OverflowError, match="do not fit int16"):
            signal.to_bytes("i16le")


def test_bytes_have_one_of_two_encodings() -> None:
    for encoding in ("i16", "I16LE", ""):
        with pytest.raises(ValueError, match="encoding must be 'i16le' or 'i32le'"):
            Signal([1]).to_bytes(encoding)  # pyright: ignore[reportArgumentType]


@given(samples=SAMPLES)
def test_json_is_compact(samples: list[int]) -> None:
    text = Signal(samples).to_json()
    assert text == json.dumps(samples, separators=(",", ":")).encode()
    assert parse_signal(text) == Signal(samples)


def test_every_number_of_digits_is_written() -> None:
    samples = [
        sign * (10**power + step) for power in range(10) for step in (-1, 0, 1) for sign in (1, -1)
    ]
    assert json.loads(Signal(samples * 7).to_json()) == samples * 7
