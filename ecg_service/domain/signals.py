"""The samples of a lead, as the core returns them: unpacked, or of a long recording packed."""

from typing import Literal, Protocol

from ecg_core.zero_rule import ZeroRule

__all__ = ["I16LE", "I32LE", "LONG", "Encoding", "Samples", "Signal", "ZeroRule"]

Encoding = Literal["i16le", "i32le"]
"""How samples are written as bytes: little-endian integers, one after the other."""

I16LE: Encoding = "i16le"
I32LE: Encoding = "i32le"

LONG = 65_536
"""A lead with more samples is long: of it, no more is in memory than is needed."""


class Samples(Protocol):
    """The samples of one lead: immutable, int32, never a list of Python integers."""

    def __len__(self) -> int: ...
    def __getitem__(self, part: slice, /) -> "Samples": ...
    def count(self, value: int, /) -> int: ...
    def extremes(self, *, missing: int | None = None) -> tuple[int, int] | None: ...
    def count_zero_crossings(
        self, *, zeros: ZeroRule = "neutral", baseline: int = 0, missing: int | None = None
    ) -> int: ...
    def mean_and_rms(
        self, *, baseline: float = 0, missing: int | None = None
    ) -> tuple[float, float]: ...
    def thin(
        self, max_points: int, /, *, missing: int | None = None
    ) -> "tuple[Signal, Signal]": ...
    def to_json(self) -> bytes: ...


class Signal(Samples, Protocol):
    """Samples that are in memory."""

    def to_bytes(self, encoding: Encoding, /) -> bytes: ...
