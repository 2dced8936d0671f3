"""What is no samples, or has a wrong one, is told what is wrong, where, and what to write."""

import mmap
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ecg_core import Signal
from tests.core.inputs.test_inputs import COUNTING, SAMPLES, TAKING, Arrayed, Frame, Tensor, counted


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        ([1, "2"], "^the sample at index 1 is not a number but str$"),
        ([1, None], "index 1 is not a number but NoneType"),
        ([1j], "index 0 is not a number but complex"),
        ([1, np.timedelta64(5, "s")], "index 1 is not a number but timedelta64"),
        ([1, np.datetime64(5, "s")], "index 1 is not a number but datetime64"),
        ([0, np.complex64(1j)], "index 1 is not a number but complex64"),
        ([1, [2]], "index 1 is not a number but list"),
        ([b"12"], "index 0 is not a number but bytes"),
        ([[1], ["2"]], "^row 1: the sample at index 0 is not a number but str$"),
        ([[[1]]], "^row 0: the sample at index 0 is not a number but list$"),
        (Arrayed([None]), "^samples of dtype object are no numbers: .*astype"),
        (Arrayed(["2026"], "M8[D]"), r"^samples of dtype datetime64\[D\] are no numbers"),
        (np.array(["2026"], "M8[D]"), r"^samples of dtype datetime64\[D\] are no numbers"),
        (Arrayed(5), "at least one dimension"),
        (np.array([None]), r'^samples of objects \(format "O"\) are not counted: .*astype'),
        (np.array(["1"]), r'^samples of text \(format "1w"\) are not counted'),
        (np.array([1j]), r'^samples of complex numbers \(format "Zd"\) are not counted'),
        (np.zeros(1, "i4,f4"), r"^samples of records \(format .*\) are not counted"),
        (np.zeros(1, "V3"), r"^samples of .* \(format .*\) are not counted"),
        (Frame(I=[1], II=[2]), r"^a table of 2 columns \(I, II\): choose one of them$"),
        (Frame(**{f"V{i}": [i] for i in range(13)}), r"of 13 columns \(V0, .*, V11, …\)"),
        (Frame(), "a table of 0 columns"),
        (Tensor([1], device=2), "device of DLPack's kind 2: copy them to the CPU"),
    ],
)
def test_what_is_wrong_is_named(samples: Any, message: str) -> None:
    for take in COUNTING:
        with pytest.raises(TypeError, match=message):
            take(samples)


def test_what_does_not_fit_is_named() -> None:
    for integer in (2**63, -(2**63) - 1, 2**64, 10**400):
        with pytest.raises(ValueError, match=r"^the sample at index 1 does not fit int64$"):
            counted([1, integer, 2])
    for number in (10**400, Decimal("1e400"), Decimal("-1e400"), Fraction(10**400)):
        with pytest.raises(ValueError, match=r"^the sample at index 1 does not fit float64$"):
            counted([0.5, number])
    with pytest.raises(ValueError, match=r"^row 1 has 1 samples, where row 0 has 2$"):
        counted([[1, 2], [1]])
    with pytest.raises(ValueError, match=r"^row 2 has 3 samples, where row 0 has 2$"):
        counted([(1, 0.5), [1, 2], [1, 2, 3]])
    with pytest.raises(ValueError, match="same shape"):
        counted([[1, 2], np.array([1])])
    with pytest.raises(ValueError, match=r"^row 1: masked at index 0$"):
        counted([SAMPLES, np.ma.masked_equal([1, 2], 1)])


class Untyped(bytearray):
    """What has a buffer of bytes, and does not say what they are."""


class LazyFrame:
    """What polars has not computed yet."""

    columns = ("II",)


@pytest.mark.parametrize("take", TAKING, ids=lambda take: take.__name__)
@pytest.mark.parametrize(
    ("samples", "instead"),
    [
        (b"[1, 2]", "bytes: parse_signal reads JSON; .*memoryview"),
        (bytearray(2), "bytearray: parse_signal reads JSON; .*numpy.frombuffer"),
        (mmap.mmap(-1, 2), "mmap: parse_signal reads JSON; .*memoryview"),
        (Untyped(2), "Untyped: parse_signal reads JSON; .*memoryview"),
        (LazyFrame(), r"LazyFrame: collect\(\) it first"),
        ("[1, 2]", "str: parse_signal"),
        ({"II": [1]}, "dict: choose one of its values"),
        ({1, 2}, "set: a list has an order"),
        (frozenset([1]), "frozenset: a list has an order"),
        (None, "NoneType: they come as a buffer"),
        (5, "int: they come as a buffer"),
    ],
)
def test_what_is_no_samples_is_told_what_is(
    take: Callable[[Any], Any], samples: Any, instead: str
) -> None:
    with pytest.raises(TypeError, match=f"(^|: )expected samples, got {instead}"):
        take(samples)


class Failing:
    def __index__(self) -> int:
        raise LookupError("a sample of its own")


@pytest.mark.parametrize("take", TAKING, ids=lambda take: take.__name__)
def test_the_error_of_a_sample_is_its_own(take: Callable[[Any], Any]) -> None:
    failing: list[Any] = [[1, Failing()], (1 // i for i in range(1))]
    for samples, error in zip(failing, (LookupError, ZeroDivisionError), strict=True):
        with pytest.raises(error):
            take(samples)


@pytest.mark.parametrize("name", ["__array__", "__dlpack_device__", "ndim", "__arrow_c_array__"])
def test_the_error_of_a_protocol_is_its_own(name: str) -> None:
    class Broken:
        def __getattr__(self, attribute: str) -> Any:
            if attribute == name:
                raise LookupError(attribute)
            raise AttributeError(attribute)

    with pytest.raises(LookupError, match=name):
        counted(Broken())
    with pytest.raises(TypeError):
        counted(SimpleNamespace(**{name: None}))


def test_a_signal_is_of_integers() -> None:
    floats: Any
    for floats in (np.array([1.0]), np.array([1], "float16"), Arrayed([0.5])):
        with pytest.raises(TypeError, match=r"^samples of floats \(format .*numpy.rint"):
            Signal(floats)
    with pytest.raises(TypeError, match=r"^samples of bool \(format .*astype\('int8'\)"):
        Signal(np.array([True]))
