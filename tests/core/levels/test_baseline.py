"""A baseline is taken off the samples before they are counted, without a copy and without rounding."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecg_core import (
    Signal,
    ZeroCrossingCounter,
    ZeroRule,
    count_zero_crossings,
    zero_crossing_rate,
    zero_crossings,
    zero_crossings_mask,
)
from tests.core.counting.test_crossings import FORMATS, RULES, crossings


def updated(samples: Any, baseline: Any) -> int:
    return ZeroCrossingCounter(baseline=baseline).update(samples)


COUNTERS: list[Callable[..., Any]] = [
    count_zero_crossings,
    zero_crossings,
    zero_crossings_mask,
    updated,
]


@given(
    st.lists(st.integers(0, 9), max_size=200),
    st.integers(0, 9),
    st.sampled_from([dtype for dtype in FORMATS if dtype != "bool"]),
    st.sampled_from(RULES),
    st.sampled_from([1, -1, 2]),
)
def test_counting_is_that_of_differences(
    values: list[int], baseline: int, dtype: str, zeros: ZeroRule, step: int
) -> None:
    samples = np.repeat(np.array(values, dtype), abs(step))[::step]
    expected = crossings([int(sample) - baseline for sample in samples], zeros)
    options: dict[str, Any] = {"zeros": zeros, "baseline": baseline}
    assert count_zero_crossings(samples, **options) == len(expected)
    assert zero_crossings(samples, **options).tolist() == expected
    assert np.flatnonzero(zero_crossings_mask(samples, **options)).tolist() == expected
    counter = ZeroCrossingCounter(**options)
    assert counter.update(samples[:5]) + counter.update(samples[5:]) == len(expected)
    assert Signal(values).count_zero_crossings(**options) == count_zero_crossings(
        Signal(values), **options
    )


def test_every_lane_and_frame_has_the_baseline() -> None:
    samples = np.array([[1020, 1030, 1024, 1000], [0, 0, 2000, 0]], "int16")
    assert np.array_equal(count_zero_crossings(samples, baseline=1024), [2, 2])
    options: dict[str, Any] = {"frame_length": 4, "hop_length": 4, "center": False}
    assert zero_crossing_rate(samples[0], baseline=1024, **options).tolist() == [[0.5]]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_baseline_of_floats_may_have_a_fraction(dtype: str) -> None:
    samples = np.array([0.1, 0.3, 0.1, 0.2], dtype)
    assert count_zero_crossings(samples, baseline=0.2) == 2


def test_a_baseline_of_integers_may_be_between_them() -> None:
    samples = np.array([1, 2, 3, 2, 1], "int16")
    for between in (
        1.8,
        np.float32(1.8),
        Fraction(9, 5),
        Decimal("1.8"),
        np.array(1.8),
        samples.mean(),
    ):
        for zeros in RULES:
            assert zero_crossings(samples, baseline=between, zeros=zeros).tolist() == [1, 4]
            assert Signal(samples).count_zero_crossings(baseline=between, zeros=zeros) == 2
            assert count_zero_crossings(Signal(samples), baseline=between, zeros=zeros) == 2
    for integer in (2.0, np.median(samples), np.float32(2), Fraction(2), np.uint8(2), np.array(2)):
        assert count_zero_crossings(samples, baseline=integer, zeros="distinct") == 4
        assert Signal(samples).count_zero_crossings(baseline=integer, zeros="distinct") == 4


@pytest.mark.parametrize("zeros", RULES)
def test_a_counter_takes_chunks_of_other_types(zeros: ZeroRule) -> None:
    counter = ZeroCrossingCounter(zeros, baseline=1.5)
    chunks = [np.array([1, 2], "uint8"), np.array([1.5, 1.5]), np.array([1], "int64")]
    added = [counter.update(chunk) for chunk in chunks]
    ends = np.cumsum([len(chunk) for chunk in chunks])
    crossed = np.array(crossings([-1, 1, 0, 0, -1], zeros))
    assert np.cumsum(added).tolist() == [(crossed < end).sum() for end in ends]


@pytest.mark.parametrize("count", COUNTERS)
@pytest.mark.parametrize("dtype", ["bool", "uint16", "int64", "float16", "float64"])
@pytest.mark.parametrize("method", ["__index__", "__float__", "__len__"])
def test_what_a_baseline_raises_comes_out(
    count: Callable[..., Any], dtype: str, method: str
) -> None:
    def fail(_: object) -> None:
        raise LookupError("mine")

    baseline = type("Baseline", (), {method: fail})()
    with pytest.raises(LookupError, match=r"^mine$"):
        count(np.ones(3, dtype), baseline=baseline)


def test_differences_may_exceed_the_samples() -> None:
    samples = np.array([-(2**63), 2**63 - 1], "int64")
    assert count_zero_crossings(samples, baseline=2**63 - 1, zeros="negative") == 0
    assert count_zero_crossings(samples, baseline=-(2**63), zeros="negative") == 1


@pytest.mark.parametrize("count", COUNTERS)
@pytest.mark.parametrize(
    ("dtype", "baseline", "error", "message"),
    [
        ("int16", 40_000, ValueError, "beyond what the samples can be"),
        ("uint8", -1, ValueError, "beyond what the samples can be"),
        ("float64", "1", TypeError, "must be a real number"),
        ("int16", "1", TypeError, "must be a real number"),
        ("int16", [1], TypeError, "must be a real number"),
        ("float32", np.ones(1), TypeError, "must be a real number"),
        ("uint8", 1j, TypeError, "must be a real number"),
        ("int32", float("nan"), ValueError, "the baseline is not finite"),
        ("uint64", Decimal("-Infinity"), ValueError, "the baseline is not finite"),
        ("float32", float("nan"), ValueError, "the baseline is not finite"),
        ("float64", float("-inf"), ValueError, "the baseline is not finite"),
        ("float32", 1e300, ValueError, "beyond what the samples can be"),
    ],
)
def test_a_baseline_that_no_sample_could_be_is_refused(
    count: Callable[..., Any], dtype: str, baseline: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        count(np.ones(3, dtype), baseline=baseline)


def test_counters_of_different_baselines_do_not_merge() -> None:
    with pytest.raises(ValueError, match="different rules or baselines"):
        ZeroCrossingCounter(baseline=1).merge(ZeroCrossingCounter(baseline=2))
    ZeroCrossingCounter(baseline=1).merge(ZeroCrossingCounter(baseline=1))
    ZeroCrossingCounter().merge(ZeroCrossingCounter(baseline=0))


@pytest.mark.parametrize("method", ["__index__", "__float__"])
def test_a_type_error_of_a_baseline_is_its_own(method: str) -> None:
    def fail(_: object) -> None:
        raise TypeError("mine")

    baseline: Any = type("Baseline", (), {method: fail})()
    for dtype in ("int16", "float32"):
        with pytest.raises(TypeError, match=r"^mine$"):
            count_zero_crossings(np.ones(3, dtype), baseline=baseline)
