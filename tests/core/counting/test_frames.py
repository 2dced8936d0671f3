"""Masks and rates of zero crossings: a reference in plain Python, librosa's shapes, every error."""

from array import array
from itertools import pairwise
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecg_core import (
    Signal,
    ZeroRule,
    count_zero_crossings,
    zero_crossing_rate,
    zero_crossings,
    zero_crossings_mask,
)

RULES = st.sampled_from(get_args(ZeroRule))
SAMPLES = st.lists(st.integers(-2, 2), max_size=200)
SOME = st.lists(st.integers(-2, 2), min_size=1, max_size=200)
RUNS = st.lists(st.tuples(st.integers(-1, 1), st.integers(1, 150)), min_size=1, max_size=20)
"""Values and how often each comes: frames begin in zeros, lie in them, and span words of 64 samples."""
FORMATS = [
    *("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("float16", "float32", "float64"),
]


def mask(samples: list[int], zeros: ZeroRule) -> list[bool]:
    """The reference: whether the signal crosses zero between a sample and the one before it."""
    found, before = [False] * len(samples), 0
    for i, (a, b) in enumerate(pairwise(samples), start=1):
        before = a or before
        match zeros:
            case "neutral":
                found[i] = before * b < 0
            case "positive":
                found[i] = (a >= 0) != (b >= 0)
            case "negative":
                found[i] = (a > 0) != (b > 0)
            case "distinct":
                found[i] = np.sign(a) != np.sign(b)
            case "strict":
                found[i] = a * b < 0
    return found


def rate(
    samples: list[int], zeros: ZeroRule, length: int, hop: int, *, center: bool
) -> list[float]:
    """The reference: each frame is a signal of its own."""
    copies = length // 2 if center else 0
    padded = [samples[0]] * copies + samples + [samples[-1]] * copies
    starts = range(0, len(padded) - length + 1, hop)
    return [sum(mask(padded[start : start + length], zeros)) / length for start in starts]


@given(samples=SAMPLES, zeros=RULES)
def test_a_mask_equals_the_reference(samples: list[int], zeros: ZeroRule) -> None:
    expected = mask(samples, zeros)
    for form in (Signal(samples), array("h", samples), np.array(samples, "float64")):
        found = zero_crossings_mask(form, zeros=zeros)
        assert (found.dtype, found.tolist()) == (np.bool_, expected)
        assert np.flatnonzero(found).tolist() == zero_crossings(form, zeros=zeros).tolist()
    padded = zero_crossings_mask(Signal(samples), zeros=zeros, pad=True).tolist()
    assert padded == [True, *expected[1:]][: len(samples)]


@given(
    samples=SOME,
    zeros=RULES,
    length=st.integers(1, 40),
    hop=st.integers(1, 50),
    center=st.booleans(),
)
def test_a_rate_equals_the_reference(
    *, samples: list[int], zeros: ZeroRule, length: int, hop: int, center: bool
) -> None:
    options: dict[str, Any] = {"frame_length": length, "hop_length": hop, "center": center}
    for form in (Signal(samples), array("q", samples), np.array(samples, "float32")):
        if not center and len(samples) < length:
            with pytest.raises(ValueError, match=f"less than a frame of {length}"):
                zero_crossing_rate(form, zeros=zeros, **options)
        else:
            found = zero_crossing_rate(form, zeros=zeros, **options)
            assert found.dtype == np.float64
            assert found.tolist() == [rate(samples, zeros, length, hop, center=center)]


@given(
    runs=RUNS,
    zeros=RULES,
    length=st.integers(1, 300),
    hop=st.integers(1, 100),
    center=st.booleans(),
)
def test_a_rate_is_that_of_each_frame_alone(
    *, runs: list[tuple[int, int]], zeros: ZeroRule, length: int, hop: int, center: bool
) -> None:
    samples: Any = np.array([value for value, often in runs for _ in range(often)], "int16")
    padded: Any = np.pad(samples, length // 2, mode="edge") if center else samples
    starts = range(0, len(padded) - length + 1, hop)
    frames = [padded[start : start + length] for start in starts]
    options: dict[str, Any] = {"frame_length": length, "hop_length": hop, "center": center}
    if frames:
        rates = [count_zero_crossings(frame, zeros=zeros) / length for frame in frames]
        assert zero_crossing_rate(samples, zeros=zeros, **options).tolist() == [rates]


@pytest.mark.parametrize(
    ("samples", "options", "frames"),
    [
        (1, {}, 1),
        (511, {}, 1),
        (512, {}, 2),
        (5_000, {}, 10),
        (5_000, {"center": False}, 6),
        (2_048, {"center": False}, 1),
        (5_000, {"frame_length": 2_047}, 10),
        (10, {"frame_length": 1, "hop_length": 1}, 10),
        (10, {"frame_length": 3, "hop_length": 2**40}, 1),
    ],
)
def test_shapes_are_those_of_librosa(samples: int, options: Any, frames: int) -> None:
    assert zero_crossing_rate(np.ones(samples), **options).shape == (1, frames)


def test_a_frame_knows_nothing_before_it() -> None:
    options: dict[str, Any] = {"frame_length": 2, "hop_length": 1, "center": False}
    assert zero_crossing_rate(Signal([1, 0, -1]), **options).tolist() == [[0, 0]]
    assert zero_crossing_rate(Signal([1, 0, -1]), zeros="positive", **options).tolist() == [
        [0, 0.5]
    ]


@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize("step", [1, 3, -2])
def test_every_format_and_stride(dtype: str, step: int) -> None:
    values = (np.arange(300) * 7919 % 5).astype(dtype)
    samples = (values if dtype.startswith("uint") else values - 2)[::step]
    wanted = [int(sample) for sample in samples]
    assert zero_crossings_mask(samples, zeros="distinct").tolist() == mask(wanted, "distinct")
    for center in (True, False):
        found = zero_crossing_rate(samples, zeros="distinct", frame_length=9, center=center)
        assert found.tolist() == [rate(wanted, "distinct", 9, 512, center=center)]


def test_eight_bits_are_samples_too() -> None:
    samples = memoryview(b"\0\1")
    assert zero_crossings_mask(samples, zeros="negative").tolist() == [False, True]
    assert zero_crossing_rate(samples, zeros="negative", frame_length=2).tolist() == [[0]]


def test_nothing_has_a_mask_but_no_rate() -> None:
    for pad in (True, False):
        assert zero_crossings_mask(Signal([]), pad=pad).tolist() == []
    for center in (True, False):
        with pytest.raises(ValueError, match="without samples"):
            zero_crossing_rate(Signal([]), center=center)


@pytest.mark.parametrize("find", [zero_crossings_mask, zero_crossing_rate])
def test_other_signals_are_refused(find: Any) -> None:
    with pytest.raises(TypeError, match="str"):
        find(["1", "-1"])
    with pytest.raises(TypeError, match='"g"'):
        find(np.ones(9, "longdouble"))
    with pytest.raises(ValueError, match=r"NaN at index 3$"):
        find(np.array([1, 2, 3, np.nan]))
    with pytest.raises(ValueError, match="neutral, positive"):
        find(Signal([1]), zeros="sometimes")


@pytest.mark.parametrize("name", ["frame_length", "hop_length"])
def test_lengths_are_checked(name: str) -> None:
    for length in (0, -1):
        options: dict[str, Any] = {name: length}
        with pytest.raises(ValueError, match=f"{name} must be at least 1, got {length}"):
            zero_crossing_rate(Signal([1]), **options)
    options = {name: 2.0}
    with pytest.raises(TypeError, match="float"):
        zero_crossing_rate(Signal([1]), **options)
    for length in (2**63, -(2**63) - 1):
        options = {name: length}
        with pytest.raises(ValueError, match=f"{name} is beyond what a signal can be"):
            zero_crossing_rate(Signal([1]), **options)


def test_lengths_may_be_far_beyond_the_signal() -> None:
    longest: dict[str, Any] = {"frame_length": 2**63 - 1, "hop_length": 2**63 - 1}
    assert zero_crossing_rate(Signal([1, -1]), **longest).tolist() == [[1 / (2**63 - 1)]]
    with pytest.raises(ValueError, match="2 samples are less than a frame of 9223372036854775807"):
        zero_crossing_rate(Signal([1, -1]), center=False, **longest)
