"""What a user writes: strict type checkers have nothing to say about it."""

import copy
import pickle
from array import array
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import ecg_core
from ecg_core import LeadInfo, Signal, ZeroCrossingCounter, ZeroRule


def describe(signal: Signal, zeros: ZeroRule = "neutral") -> dict[str, float | None]:
    """Use a signal as what it is and as what NumPy makes of it."""
    samples = signal.to_numpy()
    return {
        "crossings": signal.count_zero_crossings(zeros=zeros, baseline=1024),
        "average": signal.average(baseline=1024),
        "rms": signal.rms(),
        "mean": float(np.mean(signal)),
        "largest": int(np.max(signal)),
        "last": int(samples[-1]),
        "minimum": signal.minimum,
    }


def first_seconds(signals: Sequence[Signal], seconds: int, rate: int) -> list[Signal]:
    """Cut signals; a slice of a signal is a signal."""
    return [signal[: seconds * rate] for signal in signals]


def middle(samples: Sequence[int]) -> int:
    """Take any sequence of int, as a signal is one."""
    return sorted(samples)[len(samples) // 2]


def store(path: Path, signals: Sequence[Signal]) -> list[LeadInfo]:
    """Pack, store and look at what was stored."""
    path.write_bytes(ecg_core.pack(signals))
    blob = bytearray(path.read_bytes())
    last: Signal = ecg_core.unpack_lead(blob, -1, start=-10)
    assert last == signals[-1][-10:]
    assert {signal: index for index, signal in enumerate(signals)}[copy.copy(last)] >= 0
    return [lead for lead in ecg_core.blob_info(blob) if lead.maximum is not None]


def count(chunks: Sequence["Signal | array[int]"]) -> int:
    """Count in chunks and go on from a stored counter."""
    counter = ZeroCrossingCounter("strict", baseline=1024)
    for chunk in chunks:
        counter.update(chunk)
    again = pickle.loads(pickle.dumps(counter))
    assert counter == again
    rule: ZeroRule = counter.zeros
    return counter.samples + len(rule)


def read(bodies: Sequence[bytes | memoryview]) -> list[str]:
    """Tell errors from readings."""
    return [
        str(result) if isinstance(result, ecg_core.DecodeError) else repr(result.signals)
        for result in ecg_core.read_batch(bodies)
    ]


def show(signal: Signal) -> list[tuple[int, int]]:
    """Thin a signal for a drawing."""
    positions, values = signal.thin(100)
    return [*zip(positions, values, strict=True)]


def count_in_arrays(samples: np.ndarray[tuple[int], np.dtype[np.int16]]) -> int:
    """Count in one dimension, where a count is an int."""
    indices = ecg_core.zero_crossings(samples)
    assert len(indices) == ecg_core.count_zero_crossings(samples)
    return int(indices[0]) + int(np.sum(ecg_core.zero_crossings_mask(samples)))
