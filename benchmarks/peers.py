"""The libraries that people use for what ecg_core does; one that is not installed has no call."""

import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

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
    typed, loads = msgspec.json.Decoder(Document), _installed("orjson", "loads")
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
    librosa = _installed("librosa", "zero_crossings")
    antropy = _installed("antropy", "num_zerocross")
    neurokit = _installed("neurokit2", "signal_zerocrossings")
    return [
        Candidate("librosa", librosa and (lambda: librosa(samples, pad=False).sum())),
        Candidate("antropy", antropy and (lambda: antropy(samples))),
        Candidate("NeuroKit2", neurokit and (lambda: len(neurokit(samples)))),
    ]


def numpy_count(samples: Samples) -> int:
    return int(np.count_nonzero(np.signbit(samples[1:]) != np.signbit(samples[:-1])))


def compressors(samples: Samples) -> list[tuple[Candidate, Candidate]]:
    """Give writer and reader for int16; the differences of ECGs compress better than the samples."""
    zstd, unzstd = _zstd()
    return [
        _codec("zlib", samples, zlib.compress, zlib.decompress),
        _codec("zlib of differences", samples, zlib.compress, zlib.decompress, differ=True),
        _codec("zstd of differences", samples, zstd, unzstd, differ=True),
    ]


def writers(signals: list[list[int]], arrays: list[Samples]) -> list[Candidate]:
    """`orjson of NumPy` starts from arrays, as ecg_core does, the others from lists of int."""
    encode, dumps = msgspec.json.Encoder().encode, _installed("orjson", "dumps")
    option = {"option": import_module("orjson").OPT_SERIALIZE_NUMPY} if dumps else {}
    return [
        Candidate("msgspec", lambda: [encode(signal) for signal in signals]),
        Candidate("json", lambda: [json.dumps(signal) for signal in signals]),
        Candidate("orjson", dumps and (lambda: [dumps(signal) for signal in signals])),
        Candidate(
            "orjson of NumPy", dumps and (lambda: [dumps(array, **option) for array in arrays])
        ),
    ]


Bytes = Callable[[Any], bytes]


def _codec(
    name: str, samples: Samples, pack: Bytes | None, unpack: Bytes | None, *, differ: bool = False
) -> tuple[Candidate, Candidate]:
    if pack is None or unpack is None:
        return Candidate(name, None), Candidate(name, None)

    def write() -> bytes:
        return pack(np.diff(samples, prepend=samples[:1] * 0) if differ else samples)

    def read() -> Samples:
        found = np.frombuffer(unpack(packed), samples.dtype)
        return np.cumsum(found, dtype=samples.dtype) if differ else found

    packed = write()
    bits = 8 * len(packed) / len(samples)
    return Candidate(name, write, bits), Candidate(name, read, bits)


def _zstd() -> tuple[Bytes, Bytes] | tuple[None, None]:
    """Find the standard library's, which Python 3.14 has, or the package."""
    pack, unpack = (_installed("compression.zstd", name) for name in ("compress", "decompress"))
    pack = pack or _installed("zstandard", "compress")
    unpack = unpack or _installed("zstandard", "decompress")
    return (pack, unpack) if pack and unpack else (None, None)


def _installed(module: str, name: str) -> Callable[..., Any] | None:
    try:
        return getattr(import_module(module), name)
    except ImportError:
        return None
