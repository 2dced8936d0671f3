"""Which numbers say what is missing, and which masks are none."""

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any, cast

import arro3.core as arro3
import numpy as np
import pytest

from ecg_core import Signal, ZeroCrossingCounter, count_zero_crossings, pack, zero_crossings


@pytest.mark.parametrize(
    "missing", [math.nan, 1e300, -0.5, 2**63, -math.inf, pytest.param(10**309, id="huge")]
)
def test_what_the_samples_cannot_be_equals_none(missing: float) -> None:
    samples = [1, -1, 0, 2**31 - 1, -(2**31), 5]
    for form in (Signal(samples), np.array(samples), np.array(samples, "int32")):
        assert count_zero_crossings(form, missing=missing) == count_zero_crossings(form) == 4
    assert Signal(samples).count_zero_crossings(missing=missing) == 4
    assert Signal(samples).extremes(missing=missing) == (-(2**31), 2**31 - 1)
    assert count_zero_crossings(np.array([1, np.inf, -1], "float32"), missing=1e300) == 1
    assert count_zero_crossings(np.array([1, 255, 0], "uint8"), missing=-1, zeros="distinct") == 1


@pytest.mark.parametrize(
    "missing", [-9, -9.0, np.int8(-9), np.float32(-9), np.uint8(247).astype("i1")]
)
def test_equal_numbers_are_equally_missing(missing: Any) -> None:
    for dtype in ("int16", "int64", "float32", "float64"):
        assert count_zero_crossings(np.array([1, -9, -1], dtype), missing=missing) == 0
    assert Signal([1, -9, -1]).count_zero_crossings(missing=missing) == 0


@pytest.mark.parametrize("dtype", ["int8", "uint8", "uint16", "uint32", "uint64"])
def test_every_integer_can_stand_for_a_missing_one(dtype: str) -> None:
    most = np.iinfo(dtype).max
    samples = np.array([1, most, 9, 1, 0, most], dtype)
    assert count_zero_crossings(samples, baseline=5, missing=most - 1) == 3
    gaps = [float(most)] if most < 2**53 else []
    for missing in (int(most), np.dtype(dtype).type(most), *gaps):
        assert count_zero_crossings(samples, baseline=5, missing=missing) == 1
    assert count_zero_crossings(samples, baseline=4.5, missing=int(most)) == 1
    assert count_zero_crossings(np.array([True, False, True]), zeros="distinct", missing=False) == 0


def test_a_float_is_rounded_to_the_samples() -> None:
    assert count_zero_crossings(np.array([1, -9999.9, -1], "float32"), missing=-9999.9) == 0
    assert count_zero_crossings(np.array([1, 0.0, -1]), missing=-0.0) == 0


def test_what_is_missing_is_a_number() -> None:
    samples = np.array([1, -1])
    wrong: Any
    calls: list[Callable[[Any], Any]] = [
        lambda wrong: count_zero_crossings(samples, missing=wrong),
        lambda wrong: count_zero_crossings(Signal(samples), missing=wrong),
        lambda wrong: ZeroCrossingCounter(missing=wrong).update(samples),
        lambda wrong: Signal(samples).extremes(missing=wrong),
        lambda wrong: Signal(samples).thin(2, missing=wrong),
        lambda wrong: Signal(samples, missing=wrong),
        lambda wrong: pack([samples], missing=wrong),
    ]
    for wrong in ("-9", 1j, object(), [-9]):
        for call in calls:
            with pytest.raises(TypeError, match="missing must be "):
                call(wrong)
    for call in calls[-2:]:
        with pytest.raises(TypeError, match="integer of 32 bits"):
            call(-9.5)
        with pytest.raises(ValueError, match="integer of 32 bits"):
            call(2**31)


def test_errors_of_the_number_itself_come_through() -> None:
    class Broken:
        def __index__(self) -> int:
            raise RuntimeError("broken")

    broken: Any = Broken()
    with pytest.raises(RuntimeError, match="broken"):
        count_zero_crossings(np.array([1, -1]), missing=broken)


def test_counters_of_different_gaps_do_not_merge() -> None:
    for one, other in ((None, math.nan), (-9, math.nan), (-9, -8), (-9, None)):
        with pytest.raises(ValueError, match="other samples are missing"):
            ZeroCrossingCounter(missing=one).merge(ZeroCrossingCounter(missing=other))
    for one, other in ((math.nan, float("nan")), (-9, -9.0), (None, None)):
        ZeroCrossingCounter(missing=one).merge(ZeroCrossingCounter(missing=other))


def test_a_mask_of_another_shape_is_refused() -> None:
    masked: Any = np.ma.MaskedArray

    class Liar(masked):
        mask = property(lambda self: self.lie)

    samples = cast("Any", np.array([1, -1, 1])).view(Liar)
    for lie in (np.array([True]), np.ones((3, 1), "?"), np.ones(3, "i2")):
        samples.lie = lie
        with pytest.raises(TypeError, match="mask must be an array of bool"):
            count_zero_crossings(samples, missing=math.nan)
    samples.lie = np.array([0, 2, 0], "u1")
    assert count_zero_crossings(samples, missing=math.nan) == 0


def test_rows_of_a_list_have_gaps_too() -> None:
    masked: Any = np.ma.masked_equal([1, -9, -1, 1], -9)
    null: Any = arro3.Array([1, None, -1, 1], arro3.DataType.int16())
    for row, kind in ((masked, "masked"), (null, "null")):
        for other in ([1, -9, -1, 1], np.array([1, -9, -1, 1.0]), row):
            rows = [other, row]
            with pytest.raises(ValueError, match=rf"^row [01]: {kind} at index 1$"):
                count_zero_crossings(rows)
            count = count_zero_crossings(rows, missing=math.nan)
            assert np.array_equal(count, [1 if other is row else 2, 1])
            assert np.array_equal(count_zero_crossings(rows, missing=-9), [1, 1])
    assert zero_crossings([null, masked], missing=5).tolist() == [[0, 3], [1, 3]]


@pytest.mark.parametrize(
    ("dtype", "beyond"), [("float16", 1e20), ("float32", 1e300), ("float64", Decimal("1e400"))]
)
def test_an_infinity_is_missing_only_where_it_is_meant(dtype: str, beyond: Any) -> None:
    samples = np.array([1, np.inf, -1], dtype)
    assert count_zero_crossings(samples, missing=beyond) == 1
    assert count_zero_crossings(samples, missing=math.inf) == 0
    assert count_zero_crossings(samples, missing=-math.inf) == 1
