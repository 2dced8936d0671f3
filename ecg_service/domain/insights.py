"""Insights: what is computed from an ECG, and the state of each computation."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any, Literal, Self
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from ecg_service.domain.ecg import Ecg
from ecg_service.domain.signals import Signal

Json = Any
"""A value that JSON can hold."""

MAX_REASON_LENGTH = 200


class InsightState(StrEnum):
    """Pending, then running, then done or failed; an interrupted run is pending again."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class InsightRecord(Struct, frozen=True):
    """The state of one insight of one ECG; `attempts` counts the runs that began."""

    ecg_id: UUID
    name: str
    version: int
    state: InsightState = InsightState.PENDING
    attempts: int = 0
    result: Json = None
    error: str | None = None

    @property
    def is_final(self) -> bool:
        """Whether the insight is done or failed, so that no further run is due."""
        return self.state in {InsightState.DONE, InsightState.FAILED}

    def claimed(self) -> Self:
        """Return the record of a run that begins."""
        return replace(self, state=InsightState.RUNNING, attempts=self.attempts + 1)

    def released(self) -> Self:
        """Return the record of a run that was given up: pending again."""
        return replace(self, state=InsightState.PENDING)

    def done(self, result: Json, version: int) -> Self:
        """Return the record of a run that ended with a result."""
        return replace(self, state=InsightState.DONE, result=result, version=version)

    def failed(self, reason: str, *, max_attempts: int = 0) -> Self:
        """Return the record of a run that failed: pending while attempts are left, else failed."""
        final = self.attempts >= max_attempts
        state = InsightState.FAILED if final else InsightState.PENDING
        return replace(self, state=state, error=reason[:MAX_REASON_LENGTH])

    def awaits(self, end: "InsightRecord") -> bool:
        """Whether this stored record is of the run that `end` ends.

        It is not if the run was released and the insight claimed again, which counted another
        attempt.
        """
        run = (InsightState.RUNNING, end.version, end.attempts)
        return (self.state, self.version, self.attempts) == run


def is_due(stored: int | None, version: int) -> bool:
    """Whether an insight has to be computed: the stored version is missing or older."""
    return stored is None or stored < version


class Insight(Struct, frozen=True):
    """A named computation over an ECG.

    A higher `version` is computed for every stored ECG. With `when="ingest"` the result is
    committed with the ECG, so computing it must be as cheap as reading the ECG.
    """

    name: str
    version: int
    compute: Callable[[Ecg, Sequence[Signal]], Json]
    when: Literal["ingest", "background"] = "background"

    def start(self, ecg: Ecg, signals: Sequence[Signal]) -> InsightRecord:
        """Return the record to store with a new ECG: done, or pending."""
        record = InsightRecord(ecg.id, self.name, self.version)
        if self.when == "background":
            return record
        return record.claimed().done(self.compute(ecg, signals), self.version)
