"""Whatever type numbers have, they are compared with the baseline as the numbers that they are."""

import math
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays, from_dtype

from ecg_core import (
    ZeroCrossingCounter,
    ZeroRule,
    count_zero_crossings,
    zero_crossing_rate,
    zero_crossings,
    zero_crossings_mask,
)
from tests.core.counting.test_crossings import FORMATS, RULES, crossings

DTYPES = [np.dtype(name) for name in FORMATS]
Array: TypeAlias = np.ndarray[Any, Any]
LAYOUTS: dict[str, Callable[[Array], Array]] = {
    "contiguous": lambda samples: samples,
    "strided": lambda samples: np.repeat(samples, 3)[1::3],
    "backwards": lambda samples: samples[::-1].copy()[::-1],
    "unaligned": lambda samples: np.frombuffer(b"?" + samples.tobytes(), samples.dtype, offset=1),
}


def limits(dtype: np.dtype[Any]) -> tuple[int, int]:
    if dtype.kind == "b":
        return 0, 1
    return int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)


def found(samples: Array, baseline: Any, zeros: ZeroRule) -> list[int]:
    """The reference: Python compares integers, floats and fractions exactly."""
    return crossings([(x > baseline) - (x < baseline) for x in samples.tolist()], zeros)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Array, Any]:
    """Samples, and a baseline near or equal to one of them."""
    dtype = draw(st.sampled_from(DTYPES))
    some = draw(arrays(dtype, st.integers(1, 4), elements=from_dtype(dtype, allow_nan=False)))
    length = draw(st.integers(0, 150))
    samples = some[
        draw(arrays(np.intp, length, elements=st.integers(0, len(some) - 1), fill=st.nothing()))
    ]
    near: Any = draw(st.sampled_from(some.tolist()))
    if dtype.kind == "f":
        finite = near if np.isfinite(near) else 0.0
        return samples, draw(st.sampled_from([finite, -finite, 0.0, float(np.finfo(dtype).max)]))
    low, high = limits(dtype)
    shift = draw(st.sampled_from([0, 0, Fraction(1, 2), Fraction(-1, 10**30), 1, -1]))
    return samples, min(max(Fraction(near) + shift, low), high)


def forms(baseline: Any) -> list[Any]:
    """Every number that is equal to it."""
    numbers: list[Any] = [baseline, Fraction(baseline)]
    for form in (int, float, np.float32, np.int64, np.uint64, np.longdouble, Decimal):
        with suppress(OverflowError, TypeError), np.errstate(all="ignore"):
            numbers.append(form(baseline))
    return [number for number in numbers if math.isfinite(number) and exactly(number) == baseline]


def exactly(number: Any) -> Fraction:
    of_numpy = not hasattr(number, "as_integer_ratio")  # an integer
    return Fraction(int(number)) if of_numpy else Fraction(*number.as_integer_ratio())


@given(case=cases(), zeros=st.sampled_from(RULES), data=st.data())
def test_every_type_equals_the_reference(
    case: tuple[Array, Any], zeros: ZeroRule, data: st.DataObject
) -> None:
    samples, exact = case
    baseline = data.draw(st.sampled_from(forms(exact)))
    laid_out = LAYOUTS[data.draw(st.sampled_from(sorted(LAYOUTS)))](samples)
    expected = found(samples, exact, zeros)
    options: dict[str, Any] = {"zeros": zeros, "baseline": baseline}
    assert count_zero_crossings(laid_out, **options) == len(expected)
    assert zero_crossings(laid_out, **options).tolist() == expected
    assert np.flatnonzero(zero_crossings_mask(laid_out, **options)).tolist() == expected
    counter, cut = ZeroCrossingCounter(**options), data.draw(st.integers(0, len(samples)))
    assert counter.update(laid_out[:cut]) + counter.update(laid_out[cut:]) == len(expected)


@given(case=cases(), zeros=st.sampled_from(RULES), data=st.data())
def test_each_lane_has_its_baseline(
    case: tuple[Array, Any], zeros: ZeroRule, data: st.DataObject
) -> None:
    samples, exact = case
    rows, axis = np.stack([samples, samples[::-1], samples]), data.draw(st.integers(0, 1))
    exacts = data.draw(
        st.lists(st.sampled_from([exact, *samples.tolist()]), min_size=3, max_size=3)
    )
    exacts = [number if math.isfinite(number) else exact for number in exacts]
    baseline = data.draw(st.sampled_from([exacts, tuple(exacts), np.array(exacts, object)]))
    options: dict[str, Any] = {"zeros": zeros, "baseline": baseline, "axis": axis}
    lanes = rows if axis else rows.T
    expected = [found(row, at, zeros) for row, at in zip(rows, exacts, strict=True)]
    counts = [len(places) for places in expected]
    assert np.array_equal(count_zero_crossings(lanes, **options), counts)
    mask = zero_crossings_mask(lanes, **options)
    for marks, places in zip(mask if axis else mask.T, expected, strict=True):
        assert np.flatnonzero(marks).tolist() == places
    assert np.array_equal(zero_crossings(lanes, **options), np.argwhere(mask))
    if len(samples):
        whole: dict[str, Any] = {"frame_length": len(samples), "center": False}
        rates = zero_crossing_rate(lanes, **options, **whole) * len(samples)
        assert np.array_equal(rates.round().ravel(), counts)
    same = count_zero_crossings(np.asfortranarray(rows), zeros=zeros, baseline=exact)
    assert np.array_equal(same, [len(found(row, exact, zeros)) for row in rows])


@pytest.mark.parametrize("dtype", [dtype for dtype in DTYPES if dtype.kind != "f"], ids=str)
def test_a_baseline_of_integers_ends_where_they_end(dtype: np.dtype[Any]) -> None:
    low, high = limits(dtype)
    samples = np.array([low, high, low], dtype)
    for baseline in (low, high, Fraction(low + high, 2), high - Fraction(1, 3)):
        assert count_zero_crossings(samples, baseline=baseline, zeros="distinct") == 2
    for baseline in (
        low - 1,
        high + 1,
        low - Fraction(1, 4),
        high + Fraction(1, 4),
        2**64,
        1e300,
        -(10**400),
    ):
        with pytest.raises(ValueError, match=r"^the baseline is beyond what the samples can be$"):
            count_zero_crossings(samples, baseline=baseline)


@pytest.mark.parametrize("dtype", [dtype for dtype in DTYPES if dtype.kind == "f"], ids=str)
def test_a_baseline_of_floats_is_rounded_to_their_type(dtype: np.dtype[Any]) -> None:
    tenth, most = dtype.type(0.1), np.finfo(dtype).max
    samples = np.array([1, tenth, -1, most, np.inf, -np.inf, most], dtype)
    for baseline in (0.1, Fraction(1, 10), tenth, float(tenth)):
        assert zero_crossings(samples, baseline=baseline, zeros="strict").tolist() == [3, 5, 6]
    assert zero_crossings(samples, baseline=most, zeros="distinct").tolist() == [3, 4, 5, 6]
    for baseline in (2 * Fraction(float(most)), -2 * int(most), 10**400):
        with pytest.raises(ValueError, match=r"^the baseline is beyond what the samples can be$"):
            count_zero_crossings(samples, baseline=baseline)


@pytest.mark.parametrize("step", [1, -1])
def test_every_nan_of_16_bits_is_named(step: int) -> None:
    every = np.arange(2**16, dtype="uint16").view("float16")
    numbers = every[~np.isnan(every)]
    assert zero_crossings(numbers, zeros="distinct").tolist() == found(numbers, 0, "distinct")
    for nan in every[np.isnan(every)]:
        samples = np.array([0, 1, nan, nan, 1], "float16")[::step]
        with pytest.raises(
            ValueError, match=r"^NaN at index 2$" if step == 1 else "^NaN at index 1$"
        ):
            count_zero_crossings(samples)


def test_any_byte_of_a_bool_but_0_is_true() -> None:
    samples = np.array([0, 1, 2, 255, 0], "uint8").view(bool)
    assert zero_crossings(samples, baseline=True, zeros="distinct").tolist() == [1, 4]
    assert zero_crossings(samples, baseline=0.5).tolist() == [1, 4]
