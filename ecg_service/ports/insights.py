"""The repository of insights, and the queue that announces pending ones to a worker."""

from collections.abc import Iterable, Sequence
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from ecg_service.domain.insights import InsightRecord
from ecg_service.domain.stored import StoredEcg

NEVER = 2**63 - 1
"""A moment later than any other."""


class Unfinished(Struct, frozen=True):
    """How many insights wait, and how many are being computed."""

    pending: int = 0
    running: int = 0


class InsightRepository(Protocol):
    """The state of every insight. The repository decides what is pending; queues are hints."""

    async def pending(self, *, limit: int, since: UUID | None = None) -> list[UUID]:
        """Return at most `limit` ECGs that have pending insights, oldest first.

        Those before the id `since` are left out.
        """
        ...

    async def unfinished(self) -> Unfinished:
        """Return how many insights are not finished, in each state."""
        ...

    async def now(self) -> int:
        """Return the time in nanoseconds, by the one clock that all who share the store share.

        So a lease is as long as it is on all machines. It need not be the time of day.
        """
        ...

    async def claim(self, ecg_ids: Sequence[UUID], *, now: int) -> list[StoredEcg]:
        """Begin a run of those pending insights of these ECGs, each named once, that `to_run` chooses.

        Returns the ECGs with those of their insights that now run; one without any has to be
        claimed alone. An ECG of which nothing is pending (all done, deleted, claimed by another
        worker) is left out, and so may be some of which others are large: they stay pending. No
        insight is claimed twice.
        `now` is what the method of this name returned.
        """
        ...

    async def finish(self, records: Sequence[InsightRecord]) -> None:
        """Store how runs ended, in one transaction.

        A run that is no longer awaited (`InsightRecord.awaits`), since its ECG was deleted or
        its insight claimed again, changes nothing.
        """
        ...

    async def release(self, *, claimed_before: int = NEVER) -> int:
        """Release runs claimed earlier that have not ended; return how many there were.

        By default all of this process, which has just started, and of those that have ended.
        """
        ...

    async def backfill(self, name: str, version: int, *, limit: int) -> int:
        """Make the insight pending for at most `limit` ECGs where it `is_due`.

        Returns how many; 0 means that every stored ECG has this version or a pending record of it.
        """
        ...


class QueueStatistics(Struct, frozen=True):
    """How many ECGs wait in the queue, and how many may.

    `dropped` counts those that were left to the sweeper since the start; `reaches_broker` is None if
    there is no broker.
    """

    waiting: int
    capacity: int
    dropped: int = 0
    reaches_broker: bool | None = None


class InsightQueue(Protocol):
    """Tells a worker that ECGs have pending insights.

    A lost or refused hint costs delay only, since a sweeper queries the repository.
    """

    def put(self, ecg_ids: Iterable[UUID]) -> None:
        """Queue the ECGs; never waits, never raises."""
        ...

    def statistics(self) -> QueueStatistics:
        """Return how full the queue is."""
        ...
