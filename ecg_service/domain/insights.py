"""Insights: what is computed from an ECG, and the state of each computation."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any, Literal, Self
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from ecg_service.domain.ecg import Ecg
from ecg_service.domain.signals import Samples

Json = Any
"""A value that JSON can hold."""

MAX_REASON_LENGTH = 200

ZERO_CROSSINGS = "zero_crossings"
"""The insight whose result answers about an ECG repeat."""


class InsightState(StrEnum):
    """Pending, then running, then done or failed; an interrupted run is pending again."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class InsightRecord(Struct, frozen=True):
    """The state of one insight of one ECG.

    `attempts` counts the runs that began, `failures` those that ended with an error, and
    `cut_short` those that did not end, since the process died or the lease ran out.
    """

    ecg_id: UUID
    name: str
    version: int
    state: InsightState = InsightState.PENDING
    attempts: int = 0
    result: Json = None
    error: str | None = None
    failures: int = 0
    cut_short: int = 0

    @property
    def is_final(self) -> bool:
        """Whether the insight is done or failed, so that no further run is due."""
        return self.state in {InsightState.DONE, InsightState.FAILED}

    def claimed(self) -> Self:
        """Return the record of a run that begins."""
        return replace(self, state=InsightState.RUNNING, attempts=self.attempts + 1)

    def released(self) -> Self:
        """Return the record of a run that was cut short: pending again."""
        return replace(self, state=InsightState.PENDING, cut_short=self.cut_short + 1)

    def done(self, result: Json, version: int) -> Self:
        """Return the record of a run that ended with a result."""
        return replace(self, state=InsightState.DONE, result=result, version=version)

    def failed(self, reason: str, *, max_attempts: int = 0) -> Self:
        """Return the record of a run that failed: pending until as many failed, then failed."""
        failures = self.failures + 1
        state = InsightState.FAILED if failures >= max_attempts else InsightState.PENDING
        return replace(self, state=state, error=reason[:MAX_REASON_LENGTH], failures=failures)

    def awaits(self, end: "InsightRecord") -> bool:
        """Whether this stored record is of the run that `end` ends.

        It is not if the run was released and the insight claimed again, which counted another
        attempt.
        """
        run = (InsightState.RUNNING, end.version, end.attempts)
        return (self.state, self.version, self.attempts) == run


def to_run(pending: Sequence[InsightRecord], *, alone: bool) -> Sequence[InsightRecord]:
    """Return which pending insights of an ECG to run; `alone` if of no other ECG at once.

    One whose run was cut short may have killed the process: it runs by itself from then on, so
    that only what kills the process again and again is cut short again and again.
    """
    healthy = [record for record in pending if not record.cut_short]
    return healthy or (pending[:1] if alone else ())


def is_due(stored: int | None, version: int) -> bool:
    """Whether an insight has to be computed: the stored version is missing or older."""
    return stored is None or stored < version


def with_num_missing(ecg: Ecg, results: list[dict[str, Json]]) -> Json:
    """Return the results for the leads, each with the number of samples it left out as missing.

    A lead that names none has no such number, and so the result that it always had.
    """
    for lead, result in zip(ecg.leads, results, strict=True):
        if lead.num_missing is not None:
            result["num_missing"] = lead.num_missing
    return results


class Insight(Struct, frozen=True):
    """A named computation over an ECG.

    A higher `version` is computed for every stored ECG. With `when="ingest"` the result is always
    committed with the ECG, so computing it must be as cheap as reading the ECG.
    """

    name: str
    version: int
    compute: Callable[[Ecg, Sequence[Samples]], Json]
    when: Literal["ingest", "background"] = "background"

    def pending(self, ecg: Ecg) -> InsightRecord:
        """Return the record of a new ECG for which it is still to be computed."""
        return InsightRecord(ecg.id, self.name, self.version)

    def done(self, ecg: Ecg, result: Json) -> InsightRecord:
        """Return the record of a new ECG for which it was computed at once."""
        return InsightRecord(ecg.id, self.name, self.version, InsightState.DONE, 1, result)
