"""Where the work on insights is kept, and how a worker hears of it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from ecg_service.domain.insights import InsightRecord
from ecg_service.domain.stored import StoredEcg


class InsightRepository(Protocol):
    """The state of every insight; the truth of which queues are only hints."""

    async def pending(self, *, limit: int) -> list[UUID]:
        """Return at most `limit` ECGs that have pending insights, oldest first."""
        ...

    async def claim(self, ecg_ids: Sequence[UUID], *, now: datetime) -> list[StoredEcg]:
        """Begin a run of each pending insight of these ECGs.

        Answers with the ECGs and, of their insights, those that now run. An ECG without any
        (all done, deleted, another worker's) is left out. Two claimers never get the same insight.
        """
        ...

    async def finish(self, records: Sequence[InsightRecord]) -> None:
        """Store how runs ended, in one transaction.

        One that nobody waits for any more (`InsightRecord.awaits`: the ECG was deleted, the
        insight claimed anew) changes nothing.
        """
        ...

    async def release(self, *, claimed_before: datetime) -> int:
        """Give up runs that began earlier and have not ended; how many there were."""
        ...

    async def backfill(self, name: str, version: int, *, limit: int) -> int:
        """Make the insight pending for at most `limit` ECGs where it `is_due`.

        Answers how many; 0 means every stored ECG has this version or will get it.
        """
        ...


class QueueStatistics(Struct, frozen=True):
    """How many ECGs wait in the queue, and how many may."""

    waiting: int
    capacity: int


class InsightQueue(Protocol):
    """Tells a worker that ECGs have pending insights.

    A hint: one that is lost or refused costs delay only, since a sweeper asks the repository.
    """

    def put(self, ecg_ids: Iterable[UUID]) -> None:
        """Hand over; never waits, never raises."""
        ...

    def statistics(self) -> QueueStatistics:
        """Return how full the queue is."""
        ...
