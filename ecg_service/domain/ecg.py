"""An electrocardiogram and its leads."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from msgspec import Struct

ZeroRule = Literal["neutral", "positive", "negative", "distinct", "strict"]
"""How a sample equal to zero counts; see docs of `ecg_core.count_zero_crossings`."""


class Signal(Protocol):
    """The samples of one lead: immutable, int32, never a list of Python integers."""

    def __len__(self) -> int: ...
    @property
    def min(self) -> int | None: ...
    @property
    def max(self) -> int | None: ...
    def zero_crossings(self, *, zeros: ZeroRule = "neutral", baseline: int = 0) -> int: ...
    def mean(self, *, baseline: int = 0) -> float: ...
    def rms(self, *, baseline: int = 0) -> float: ...
    def decimate(self, max_points: int, /) -> "tuple[Signal, Signal]": ...
    def to_json(self) -> bytes: ...


class Lead(Struct, frozen=True):
    """What is known of a lead beside its samples; its identity is its index, names may repeat.

    A physical value is `(sample - baseline) / gain`, in `unit`, as in WFDB headers.
    """

    name: str
    num_samples: int
    gain: float | None = None
    baseline: int = 0
    unit: str | None = None


class Ecg(Struct, frozen=True):
    """An ECG without its samples.

    `date` is UTC: when the ECG was recorded, or received if the sender did not say.
    `sampling_rate` is in Hz. `client_id` is the sender's own name for it, unique per owner.
    """

    id: UUID
    owner: str
    date: datetime
    leads: tuple[Lead, ...]
    sampling_rate: float | None = None
    client_id: str | None = None


class Recording(Struct, frozen=True):
    """An ECG with the samples of all its leads, packed and checksummed by the core."""

    ecg: Ecg
    blob: bytes


class Reading(Struct, frozen=True):
    """A body as the core read it.

    `skeleton` is the body's JSON with each signal replaced by its index into `signals`;
    `blob` holds the same signals packed.
    """

    skeleton: bytes
    signals: Sequence[Signal]
    blob: bytes


class Draft(Struct, frozen=True):
    """An ECG as its sender described it, valid but not yet stored."""

    leads: tuple[Lead, ...]
    date: datetime | None = None
    sampling_rate: float | None = None
    client_id: str | None = None


class Cursor(Struct, frozen=True):
    """Where a page of ECGs ended: the next one starts with what is older."""

    date: datetime
    id: UUID
