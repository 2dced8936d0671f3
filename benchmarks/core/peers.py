"""The libraries that people use for what ecg_core does; one that is not installed has no call."""

import json
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from ecg_core import unpack

Samples = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to do some work, and, if it stores samples, in how many bits each."""

    name: str
    call: Callable[[], Any] | None
    bits: float | None = None


class Lead(msgspec.Struct):
    signal: list[int]


class Document(msgspec.Struct):
    leads: list[Lead]


def readers(text: bytes) -> list[Candidate]:
    """Only `msgspec, NumPy` counts as well; the others stop at lists of int."""
    typed, loads = msgspec.json.Decoder(Document), installed("orjson", "loads")
    return [
        Candidate("msgspec list[int]", lambda: typed.decode(text)),
        Candidate(
            "msgspec, NumPy",
            lambda: [numpy_count(np.array(lead.signal)) for lead in typed.decode(text).leads],
        ),
        Candidate("json", lambda: json.loads(text)),
        Candidate("orjson", loads and (lambda: loads(text))),
    ]


def counters(samples: Samples) -> list[Candidate]:
    return [
        Candidate("NumPy signbit", lambda: numpy_count(samples)),
        Candidate("NumPy x < 0", lambda: np.count_nonzero(np.diff(samples < 0))),
    ]


def float_counters(samples: Samples) -> list[Candidate]:
    librosa = installed("librosa", "zero_crossings")
    antropy = installed("antropy", "num_zerocross")
    neurokit = installed("neurokit2", "signal_zerocrossings")
    tsfresh = installed("tsfresh.feature_extraction.feature_calculators", "number_crossing_m")
    return [
        Candidate("librosa", librosa and (lambda: librosa(samples, pad=False).sum())),
        Candidate("antropy", antropy and (lambda: antropy(samples))),
        Candidate("NeuroKit2", neurokit and (lambda: len(neurokit(samples)))),
        Candidate("tsfresh", tsfresh and (lambda: tsfresh(samples, 0))),
    ]


def numpy_count(samples: Samples) -> int:
    return int(np.count_nonzero(np.signbit(samples[1:]) != np.signbit(samples[:-1])))


def numpy_count_around(samples: Samples, missing: float) -> int:
    negative, there = np.signbit(samples), samples != missing
    crossed = (negative[1:] != negative[:-1]) & there[1:] & there[:-1]
    return int(np.count_nonzero(crossed))


def numpy_mask(samples: Samples, axis: int = 0) -> NDArray[np.bool_]:
    signs = np.signbit(samples)
    return np.diff(signs, axis=axis, prepend=signs.take([0], axis))


def numpy_counts(samples: Samples, axis: int) -> NDArray[np.intp]:
    return np.count_nonzero(np.diff(np.signbit(samples), axis=axis), axis=axis)


def numpy_rates(samples: Samples, length: int) -> NDArray[np.float64]:
    """Return the rate in the frame around each sample; copies of the ends cross nothing."""
    sums = np.pad(np.cumsum(numpy_mask(samples)), length // 2, mode="edge")
    return (sums[length - 1 :] - sums[: len(sums) - length + 1]) / length


def writers(signals: list[list[int]], arrays: list[Samples]) -> list[Candidate]:
    """`orjson of NumPy` starts from arrays, as ecg_core does, the others from lists of int."""
    encode, dumps = msgspec.json.Encoder().encode, installed("orjson", "dumps")
    option = {"option": import_module("orjson").OPT_SERIALIZE_NUMPY} if dumps else {}
    return [
        Candidate("msgspec", lambda: [encode(signal) for signal in signals]),
        Candidate("json", lambda: [json.dumps(signal) for signal in signals]),
        Candidate("orjson", dumps and (lambda: [dumps(signal) for signal in signals])),
        Candidate(
            "orjson of NumPy", dumps and (lambda: [dumps(array, **option) for array in arrays])
        ),
    ]


def answerers(blob: bytes) -> list[Candidate]:
    """What is stored as JSON, by way of lists of int or of arrays."""
    encode, dumps = msgspec.json.Encoder().encode, installed("orjson", "dumps")
    option = {"option": import_module("orjson").OPT_SERIALIZE_NUMPY} if dumps else {}
    return [
        Candidate("unpack, msgspec", lambda: [encode(one.to_list()) for one in unpack(blob)]),
        Candidate("unpack, to_json", lambda: [one.to_json() for one in unpack(blob)]),
        Candidate(
            "unpack, orjson of NumPy",
            dumps and (lambda: [dumps(np.asarray(one), **option) for one in unpack(blob)]),
        ),
    ]


def installed(module: str, name: str) -> Callable[..., Any] | None:
    """Return a function of a module, whatever the module warns of."""
    try:
        with warnings.catch_warnings(action="ignore"):
            return getattr(import_module(module), name)
    except ImportError:
        return None
