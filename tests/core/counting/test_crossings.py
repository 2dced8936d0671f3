"""What counts as a zero crossing: one reference of ten lines, every rule, format, shape and stride."""

from array import array
from itertools import pairwise
from typing import Any, assert_type, get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import ecg_core
from ecg_core import Signal, ZeroRule, count_zero_crossings, zero_crossings

RULES: tuple[ZeroRule, ...] = get_args(ZeroRule)
FORMATS = [
    *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("float16", "float32", "float64"),
]
SMALL = st.lists(st.integers(-2, 2), max_size=300)
INT32 = st.lists(
    st.integers(-(2**31), 2**31 - 1) | st.sampled_from([0, -(2**31), 2**31 - 1]), max_size=200
)


def crossings(samples: list[Any], zeros: ZeroRule) -> list[int]:
    """The reference: indices of the samples after a crossing."""
    signs = [(i, (x > 0) - (x < 0)) for i, x in enumerate(samples)]
    if zeros == "neutral":
        signs = [(i, sign) for i, sign in signs if sign]
    if zeros in {"positive", "negative"}:
        signs = [(i, sign or (1 if zeros == "positive" else -1)) for i, sign in signs]
    strict = zeros == "strict"
    return [i for (_, a), (i, b) in pairwise(signs) if (a * b < 0 if strict else a != b)]


# Columns: neutral, positive (librosa, antropy), negative (tsfresh, essentia), distinct (NeuroKit2, tsfel), strict.
TABLE: list[tuple[list[float], tuple[int, int, int, int, int]]] = [
    ([1, 0, -1], (1, 1, 1, 2, 0)),
    ([-1, 0, 1], (1, 1, 1, 2, 0)),
    ([1, 0, 1], (0, 0, 2, 2, 0)),
    ([-1, 0, -1], (0, 2, 0, 2, 0)),
    ([1, 0], (0, 0, 1, 1, 0)),
    ([1, -0.0, 1], (0, 0, 2, 2, 0)),
    ([1e-12, -1e-12], (1, 1, 1, 1, 1)),
    ([], (0, 0, 0, 0, 0)),
    ([0, 1, -1], (1, 1, 2, 2, 1)),
    ([0, 0, 0], (0, 0, 0, 0, 0)),
    ([5], (0, 0, 0, 0, 0)),
]


@pytest.mark.parametrize(("samples", "counts"), TABLE)
def test_every_row_of_the_table(samples: list[float], counts: tuple[int, ...]) -> None:
    for zeros, count in zip(RULES, counts, strict=True):
        assert count_zero_crossings(array("d", samples), zeros=zeros) == count
        assert len(crossings(samples, zeros)) == count
        if all(sample == int(sample) for sample in samples):
            integers = [int(sample) for sample in samples]
            assert count_zero_crossings(array("i", integers), zeros=zeros) == count
            assert Signal(integers).count_zero_crossings(zeros=zeros) == count


@given(samples=SMALL | INT32, zeros=st.sampled_from(RULES))
def test_counts_and_indices_equal_the_reference(samples: list[int], zeros: ZeroRule) -> None:
    expected = crossings(samples, zeros)
    signal = Signal(samples)
    assert zero_crossings(signal, zeros=zeros).tolist() == expected
    for form in (
        signal,
        array("q", samples),
        np.array(samples, "int32"),
        np.array(samples, "float64"),
    ):
        assert count_zero_crossings(form, zeros=zeros) == len(expected)
    assert signal.count_zero_crossings(zeros=zeros) == len(expected)


@given(
    samples=st.lists(
        st.floats(allow_nan=False, width=32) | st.sampled_from([0.0, -0.0]), max_size=150
    )
)
def test_floats_equal_the_reference(samples: list[float]) -> None:
    for zeros in RULES:
        for dtype in ("float32", "float64"):
            found = zero_crossings(np.array(samples, dtype), zeros=zeros)
            assert found.dtype == np.int64
            assert found.tolist() == crossings(samples, zeros)


@given(samples=INT32, baseline=st.integers(-(2**31), 2**31 - 1), zeros=st.sampled_from(RULES))
def test_a_baseline_never_overflows(samples: list[int], baseline: int, zeros: ZeroRule) -> None:
    expected = len(crossings([sample - baseline for sample in samples], zeros))
    assert Signal(samples).count_zero_crossings(zeros=zeros, baseline=baseline) == expected


@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize("step", [1, 2, 7, -1, -3])
@pytest.mark.parametrize("length", [0, 1, 63, 64, 65, 500])
def test_every_format_and_stride(dtype: str, step: int, length: int) -> None:
    values = (np.arange(length) * 7919 % 5).astype(dtype)
    samples = (values - 2 if np.array(-1).astype(dtype) < 0 else values)[::step]
    for zeros in RULES:
        assert count_zero_crossings(samples, zeros=zeros) == len(crossings(samples.tolist(), zeros))
        assert zero_crossings(samples, zeros=zeros).tolist() == crossings(samples.tolist(), zeros)


@pytest.mark.parametrize("dtype", FORMATS)
def test_unaligned_samples(dtype: str) -> None:
    packed = np.zeros(100, np.dtype([("flag", "u1"), ("sample", dtype)]))
    packed["sample"] = np.arange(100) % 3
    samples = packed["sample"]
    assert count_zero_crossings(samples, zeros="distinct") == len(
        crossings(samples.tolist(), "distinct")
    )


@pytest.mark.parametrize(
    "shape", [(3, 100), (100, 3), (2, 3, 70), (2, 1, 1), (0, 4), (4, 0), (2, 0, 3)]
)
def test_several_dimensions(shape: tuple[int, ...]) -> None:
    samples = np.random.default_rng(1).integers(-1, 2, shape).astype("int16")
    for array_like in (
        samples,
        samples.astype("float32"),
        np.asfortranarray(samples),
        samples[..., ::-1],
    ):
        for axis in range(-samples.ndim, samples.ndim):
            counts = count_zero_crossings(array_like, axis=axis)
            expected = (
                np.apply_along_axis(
                    lambda lane: len(crossings(lane.tolist(), "neutral")), axis, array_like
                )
                if array_like.size
                else np.zeros(np.delete(shape, axis))
            )
            assert isinstance(counts, np.ndarray)
            assert counts.dtype == np.int64
            assert counts.shape == tuple(np.delete(shape, axis))
            assert (counts == expected).all()


def test_a_count_over_several_dimensions_can_be_written_to() -> None:
    counts = count_zero_crossings(np.array([[1, -1], [1, 1]]))
    assert isinstance(counts, np.ndarray)
    counts += 1
    assert counts.tolist() == [2, 1]


def test_one_dimension_gives_an_int() -> None:
    samples = np.zeros(3, "int16")
    for count in (
        assert_type(count_zero_crossings(samples), int),
        assert_type(count_zero_crossings(samples, axis=0), int),
        assert_type(count_zero_crossings(array("h", [1])), int),
        assert_type(count_zero_crossings(Signal([1])), int),
        assert_type(count_zero_crossings([1, -1]), int),
        assert_type(count_zero_crossings([0.5, -1]), int),
        assert_type(count_zero_crossings((1, -0.5)), int),
    ):
        assert type(count) is int
    counts = assert_type(count_zero_crossings(np.zeros((3, 2))), NDArray[np.int64])
    assert isinstance(counts, np.ndarray)
    rows = assert_type(count_zero_crossings([np.zeros(3), np.zeros(3)]), int | NDArray[np.int64])
    assert isinstance(rows, np.ndarray)


def test_nobody_knows_what_an_unknown_shape_gives() -> None:
    samples: NDArray[np.int16] = np.zeros(3, "int16")
    assert assert_type(count_zero_crossings(samples), int | NDArray[np.int64]) == 0


@pytest.mark.parametrize(
    ("form", "name"),
    [
        (np.array([1j]), '"Zd"'),
        (np.array([None]), '"O"'),
        (np.array(["x"]), "w"),
        (np.array([1], "longdouble"), '"g"'),
        (np.array([1, 2], ">i2"), "byteswap"),
        (np.array([1, 2], ">f8"), "byteswap"),
        (np.array([1, 2], ">u2"), "byteswap"),
        (np.array([1, 2], ">f2"), "byteswap"),
        (np.array(5), "dimension"),
        ([1, "-1"], "index 1 is not a number but str"),
        ("1, -1", "str"),
    ],
)
def test_other_things_are_refused_by_name(form: Any, name: str) -> None:
    for refuse in (count_zero_crossings, zero_crossings, ecg_core.ZeroCrossingCounter().update):
        with pytest.raises(TypeError, match=name):
            refuse(form)


def test_nan_is_refused_with_its_index() -> None:
    samples = np.ones((3, 200))
    samples[2, 150] = np.nan
    with pytest.raises(ValueError, match=r"NaN at index 150$"):
        count_zero_crossings(samples[2])
    with pytest.raises(ValueError, match=r"NaN at index 150$"):
        zero_crossings(samples[2])
    with pytest.raises(ValueError, match=r"NaN at index \(2, 150\)$"):
        count_zero_crossings(samples)
    with pytest.raises(ValueError, match=r"NaN at index \(2, 150\)$"):
        count_zero_crossings(samples, axis=0)


def test_arguments_are_checked() -> None:
    unknown: Any = "sometimes"
    with pytest.raises(
        ValueError, match=r"neutral, positive, negative, distinct, strict; got \"sometimes\""
    ):
        count_zero_crossings(array("i"), zeros=unknown)
    for axis in (1, -2, 2**62, -(2**63)):
        with pytest.raises(ValueError, match="no axis"):
            count_zero_crossings(array("i"), axis=axis)
        with pytest.raises(ValueError, match="no axis"):
            count_zero_crossings(Signal([]), axis=axis)


def test_the_names_of_the_rules_are_those_of_the_core() -> None:
    with pytest.raises(ValueError, match=f'^zeros must be one of {", ".join(RULES)}; got ""'):
        Signal([]).count_zero_crossings(zeros="")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
