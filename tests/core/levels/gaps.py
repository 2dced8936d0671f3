"""Samples of which some are missing, and where they cross: one reference, and every way to mark a gap."""

import math
from itertools import groupby
from typing import Any, cast

import arro3.core as arro3
import numpy as np
from hypothesis import strategies as st

from ecg_core import Signal, ZeroRule
from tests.core.counting.test_crossings import crossings

Gappy = list[int | None]
SENTINEL = -32768
PIECES = st.tuples(
    st.lists(st.sampled_from([None, -2, -1, 0, 1, 2]), max_size=5), st.integers(1, 40)
)
GAPPY = st.lists(PIECES, max_size=6).map(
    lambda pieces: [sample for samples, times in pieces for sample in samples * times]
)


def around(samples: Gappy, zeros: ZeroRule) -> list[int]:
    """The reference: the indices of the crossings of each run between gaps."""
    groups = groupby(enumerate(samples), key=lambda place: place[1] is None)
    runs = [list(run) for gap, run in groups if not gap]
    return [run[i][0] for run in runs for i in crossings([sample for _, sample in run], zeros)]


def filled(samples: Gappy, dtype: str, missing: float) -> Any:
    return np.array([missing if sample is None else sample for sample in samples], dtype)


def masked(samples: Gappy, dtype: str) -> Any:
    gaps = [sample is None for sample in samples]
    return cast("Any", np.ma).array(filled(samples, dtype, 1), mask=gaps)


def strided(samples: Any) -> Any:
    """The same samples, every third of an array that has others between them."""
    spread = cast("Any", np.ma if isinstance(samples, np.ma.MaskedArray) else np).repeat(samples, 3)
    spread[1::3] = spread[2::3] = 0
    return spread[::3]


def column(samples: Gappy) -> arro3.Array:
    return arro3.Array(samples, arro3.DataType.int16())


def forms(samples: Gappy) -> list[tuple[Any, float]]:
    """The same gaps, marked in each way there is."""
    sentinels = [
        (filled(samples, dtype, SENTINEL), SENTINEL)
        for dtype in ("int16", "int32", "int64", "float16", "float32", "float64")
    ]
    nans = [(filled(samples, dtype, math.nan), math.nan) for dtype in ("float16", "float64")]
    masks = [(masked(samples, dtype), math.nan) for dtype in ("int8", "int32", "float64")]
    half = len(samples) // 2
    chunks = arro3.ChunkedArray([column(samples[:half]), column(samples[half:])])
    arrays = [*sentinels, *nans, *masks]
    return [
        *arrays,
        *[(strided(array), missing) for array, missing in arrays],
        (column(samples), math.nan),
        (column([7, None, *samples]).slice(2), SENTINEL),
        (chunks, math.nan),
        (Signal(filled(samples, "int32", SENTINEL)), SENTINEL),
    ]
