"""Signals on which libraries differ: exact zeros, -0.0, tiny values, runs of zeros at both ends."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

# librosa's default threshold is 1e-10, and the products of the smallest vanish.
TELLING = [0.0, -0.0, 1.0, -1.0, 1e-10, -1e-10, 2e-10, -2e-10, 1e-12, -1e-12, 5e-324, -5e-324]
MIDDLES = st.lists(st.sampled_from(TELLING) | st.floats(allow_nan=False), max_size=90)
INTEGERS = st.lists(st.integers(-2, 2), min_size=1, max_size=90)
FORMATS = [
    *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("float16", "float32", "float64"),
]


def _within_zeros(middle: list[float], before: int, after: int) -> Any:
    return np.array([0.0] * before + middle + [0.0] * after)


ZEROS = st.integers(0, 70)
FLOATS = st.builds(_within_zeros, MIDDLES, ZEROS, ZEROS).filter(len)
