"""What the service finds out about an ECG, and how far it has come with that."""

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
    """Pending, then running, then done or failed; what was cut short is pending again."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class InsightRecord(Struct, frozen=True):
    """How far one insight of one ECG has come; `attempts` counts the runs that began."""

    ecg_id: UUID
    name: str
    version: int
    state: InsightState = InsightState.PENDING
    attempts: int = 0
    result: Json = None
    error: str | None = None

    @property
    def settled(self) -> bool:
        """Whether nothing more will come of it by itself."""
        return self.state in {InsightState.DONE, InsightState.FAILED}

    def claimed(self) -> Self:
        """Begin a run."""
        return replace(self, state=InsightState.RUNNING, attempts=self.attempts + 1)

    def released(self) -> Self:
        """Give up a run that never ended."""
        return replace(self, state=InsightState.PENDING)

    def done(self, result: Json, version: int) -> Self:
        """End a run with its result."""
        return replace(self, state=InsightState.DONE, result=result, version=version)

    def failed(self, reason: str, *, max_attempts: int = 0) -> Self:
        """End a run without a result: for good, or to be tried again while attempts are left."""
        final = self.attempts >= max_attempts
        state = InsightState.FAILED if final else InsightState.PENDING
        return replace(self, state=state, error=reason[:MAX_REASON_LENGTH])

    def awaits(self, end: "InsightRecord") -> bool:
        """Whether this stored record still waits for the end of that very run.

        It does not if the run was given up and the insight claimed anew, which has counted
        one attempt more.
        """
        run = (InsightState.RUNNING, end.version, end.attempts)
        return (self.state, self.version, self.attempts) == run


def is_due(stored: int | None, version: int) -> bool:
    """Whether an ECG lacks this version of an insight: it has none, or an older one."""
    return stored is None or stored < version


class Insight(Struct, frozen=True):
    """A named computation over an ECG.

    A new `version` computes the insight anew for every stored ECG. With `when="ingest"` the
    result is committed together with the ECG, so it must be as cheap as reading it.
    """

    name: str
    version: int
    compute: Callable[[Ecg, Sequence[Signal]], Json]
    when: Literal["ingest", "background"] = "background"

    def start(self, ecg: Ecg, signals: Sequence[Signal]) -> InsightRecord:
        """Return the record to store with a new ECG: computed now, or pending."""
        record = InsightRecord(ecg.id, self.name, self.version)
        if self.when == "background":
            return record
        return record.claimed().done(self.compute(ecg, signals), self.version)
