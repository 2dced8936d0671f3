"""The other libraries, by the names that docs/zero-crossings.md gives them.

They are imported by name, so that types are checked without installing them.
"""

from importlib import import_module
from typing import Any

import numpy as np

import ecg_core

antropy: Any = import_module("antropy")
librosa: Any = import_module("librosa")
neurokit: Any = import_module("neurokit2")
tsfresh: Any = import_module("tsfresh.feature_extraction.feature_calculators")

NAMES: dict[str, Any] = {
    **vars(ecg_core),
    "antropy": antropy,
    "librosa": librosa,
    "nk": neurokit,
    "np": np,
    "number_crossing_m": tsfresh.number_crossing_m,
}
