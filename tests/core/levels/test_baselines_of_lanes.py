"""An array of several dimensions may have a baseline for each of its lanes."""

from array import array
from typing import Any

import numpy as np
import pytest

from ecg_core import count_zero_crossings
from tests.core.counting.test_crossings import RULES


def test_lanes_have_baselines_in_the_shape_of_the_other_axes() -> None:
    leads = np.array([[1020, 1030, 1024, 1000], [0, 0, 2000, 0]], "uint16")
    for baseline in (
        [1024, 1000.5],
        leads.max(axis=1) - 6,
        np.array([[1024, 1000]])[0],
        array("d", [1024, 9]),
    ):
        assert np.array_equal(count_zero_crossings(leads, baseline=baseline, axis=1), [2, 2])
    assert np.array_equal(count_zero_crossings(leads, baseline=leads.mean(axis=0), axis=0), [1] * 4)
    solid = np.broadcast_to(np.arange(4, dtype="int8"), (2, 3, 4))
    levels = np.array([[0, 1, 2], [3, 1.5, 2.5]])
    counts = count_zero_crossings(solid, baseline=levels, zeros="negative")
    assert np.array_equal(counts, [[1, 1, 1], [0, 1, 1]])
    assert np.array_equal(count_zero_crossings(np.zeros((0, 4)), baseline=[]), [])


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint64", "float16", "float32", "object"])
def test_an_array_of_baselines_is_its_numbers(dtype: str) -> None:
    leads, baselines = np.array([[0, 1, 0, 3], [1, 0, 3, 3]]), np.array([1, 0], dtype)
    for zeros in RULES:
        expected = count_zero_crossings(leads, baseline=[1, 0], zeros=zeros)
        assert np.array_equal(
            count_zero_crossings(leads, baseline=baselines, zeros=zeros), expected
        )


@pytest.mark.parametrize("dtype", ["int16", "uint64", "float32", "float64"])
def test_an_array_of_baselines_may_lie_in_memory_anyhow(dtype: str) -> None:
    leads = np.arange(24).reshape(2, 3, 4).astype(dtype)
    levels = np.array([[1, 5.5, 10], [13, 17.5, 22]])
    expected = count_zero_crossings(leads, baseline=levels.tolist())
    others = (levels.T.copy().T, np.repeat(levels, 2, 1)[:, ::2], levels[::-1].copy()[::-1])
    for baselines in (*others, levels.astype(">f8"), levels.astype("longdouble"), levels.view(Own)):
        assert np.array_equal(count_zero_crossings(leads, baseline=baselines), expected)


class Own(np.ndarray):
    """An array with a list of its own."""

    def tolist(self) -> Any:
        return np.asarray(self).tolist()


@pytest.mark.parametrize(
    ("dtype", "baselines"),
    [
        ("int64", np.array([2**63 - 1, 2**63], "uint64")),
        ("int8", np.array([0, -129], "int64")),
        ("uint8", np.array([0, 255.5])),
        ("float16", np.array([0, 70_000])),
        ("float32", np.array([0, 1e300])),
        ("bool", np.array([1, 2])),
        ("float64", np.array([0, np.inf])),
        ("int32", np.array([0, np.nan], "float32")),
        ("int32", np.array([0, 1j])),
        ("int32", np.array([0, 1], "m8[s]")),
    ],
)
def test_an_array_of_baselines_is_refused_as_its_numbers(dtype: str, baselines: Any) -> None:
    leads = np.ones((2, 3), dtype)
    outcomes: list[str] = []
    for baseline in (baselines, baselines.tolist()):
        with pytest.raises((TypeError, ValueError)) as error:
            count_zero_crossings(leads, baseline=baseline)
        outcomes.append(repr(error.value))
    assert outcomes[0] == outcomes[1]


@pytest.mark.parametrize(
    "baseline", [[1], [1, 2, 3], [[1], [2]], [[1, 2]], [[1, 2], 3], [1, [2]], "12"]
)
def test_baselines_of_another_shape_are_refused(baseline: Any) -> None:
    with pytest.raises(
        ValueError, match=r"^the baseline must be one number, or numbers of shape \(2,\)$"
    ):
        count_zero_crossings(np.ones((2, 3), "int8"), baseline=baseline)


def test_a_wrong_baseline_of_a_lane_is_named() -> None:
    with pytest.raises(ValueError, match=r"^the baseline is not finite at index 1$"):
        count_zero_crossings(np.ones((2, 3)), baseline=[0, np.nan])
    with pytest.raises(
        ValueError, match=r"^the baseline is beyond what the samples can be at index \(1, 0\)$"
    ):
        count_zero_crossings(np.ones((2, 2, 3), "int8"), baseline=[[0, 1], [128, 1]])
