"""What the service finds out about an ECG."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct

from ecg_service.domain.ecg import Ecg, Recording, Signal

Json = Any
"""A value that JSON can hold."""


class InsightState(StrEnum):
    """pending → running → done | failed; a run cut short goes back to pending."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Insight(Struct, frozen=True):
    """A named computation over an ECG.

    A new `version` computes the insight anew for every stored ECG. With `when="ingest"` the
    result is committed together with the ECG, so it must be as cheap as reading it.
    """

    name: str
    version: int
    compute: Callable[[Ecg, Sequence[Signal]], Json]
    when: Literal["ingest", "background"] = "background"


class InsightRecord(Struct, frozen=True):
    """How far one insight of one ECG has come."""

    ecg_id: UUID
    name: str
    version: int
    state: InsightState = InsightState.PENDING
    attempts: int = 0
    result: Json = None
    error: str | None = None


class Claim(Struct, frozen=True):
    """An ECG and those of its insights that the claimer now runs."""

    recording: Recording
    records: tuple[InsightRecord, ...]
