"""Samples as bytes: little-endian integers of 16 or 32 bits, one after the other."""

from collections.abc import Callable, Sequence
from typing import Literal

import ecg_core
from ecg_service.domain.errors import Invalid, Violation
from ecg_service.domain.signals import I16LE, I32LE, Encoding, Signal
from ecg_service.ports.formats import Written

_TYPES: dict[str, tuple[Literal["h", "i"], int]] = {I16LE: ("h", 2), I32LE: ("i", 4)}
"""By encoding, the type of its samples, in the byte order of this machine, and their size."""

_INT16 = (-(2**15), 2**15 - 1)


def decode_samples(index: int, encoding: str | None, samples: bytes) -> ecg_core.Signal:
    """Return the samples of the lead with this index, or raise `Invalid`."""
    if encoding not in _TYPES:
        raise wrong_encoding(index, f"Expected {I16LE} or {I32LE}, the encoding of the signal.")
    kind, size = _TYPES[encoding]
    if len(samples) % size:
        detail = f"{len(samples)} bytes are no whole samples of {size} bytes."
        raise Invalid(Violation(("leads", index, "signal"), "wrong_length", detail))
    return ecg_core.Signal(memoryview(samples).cast(kind))


def wrong_encoding(index: int, detail: str) -> Invalid:
    return Invalid(Violation(("leads", index, "encoding"), "wrong_encoding", detail))


def encode_samples(signals: Sequence[Signal]) -> Written:
    """Return the samples in the smallest encoding that fits all signals."""
    extremes = [one.extremes() or (0, 0) for one in signals]
    lows, highs = zip(*extremes, strict=True)
    encoding, _, bytes_of = encoder((min(lows), max(highs)))
    return Written(tuple(map(bytes_of, signals)), encoding)


def encoder(extremes: tuple[int, int]) -> tuple[Encoding, int, Callable[[Signal], bytes]]:
    """Return the smallest encoding that fits samples between these, its size, and what writes it."""
    encoding, size = (I16LE, 2) if _fit_16_bits(extremes) else (I32LE, 4)

    def bytes_of(signal: Signal) -> bytes:
        try:
            return signal.to_bytes(encoding)
        except OverflowError as error:
            beyond = "the samples are not between the extremes of their lead"
            raise ecg_core.BlobError(beyond) from error

    return encoding, size, bytes_of


def _fit_16_bits(extremes: tuple[int, int]) -> bool:
    least, most = extremes
    return _INT16[0] <= least and most <= _INT16[1]
