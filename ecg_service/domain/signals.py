"""The samples of a lead, as the core returns them."""

from typing import Protocol

from ecg_core.zero_rule import ZeroRule

__all__ = ["Signal", "ZeroRule"]


class Signal(Protocol):
    """The samples of one lead: immutable, int32, never a list of Python integers."""

    def __len__(self) -> int: ...
    def count(self, value: int, /) -> int: ...
    def extremes(self, *, missing: int | None = None) -> tuple[int, int] | None: ...
    def count_zero_crossings(
        self, *, zeros: ZeroRule = "neutral", baseline: int = 0, missing: int | None = None
    ) -> int: ...
    def mean_and_rms(
        self, *, baseline: int = 0, missing: int | None = None
    ) -> tuple[float, float]: ...
    def thin(
        self, max_points: int, /, *, missing: int | None = None
    ) -> "tuple[Signal, Signal]": ...
    def to_json(self) -> bytes: ...
