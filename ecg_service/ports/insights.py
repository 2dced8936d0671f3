"""Where the work on insights is kept, and how a worker hears of it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from ecg_service.domain.insights import Claim, InsightRecord


class InsightRepository(Protocol):
    """The state of every insight; the truth of which queues are only hints."""

    async def pending(self, *, limit: int) -> list[UUID]:
        """Return at most `limit` ECGs that have pending insights, oldest first."""
        ...

    async def claim(self, ecg_ids: Sequence[UUID], *, now: datetime) -> list[Claim]:
        """Turn these ECGs' pending insights to running and count the attempt.

        Answers with what was claimed: an ECG without pending insights (done, deleted, another
        worker's) is left out. Two claimers never get the same insight.
        """
        ...

    async def finish(self, records: Sequence[InsightRecord]) -> None:
        """Store where running insights have come to, in one transaction.

        Only a running insight of the same version changes; others (deleted meanwhile, claimed
        anew) are left as they are.
        """
        ...

    async def release(self, *, claimed_before: datetime) -> int:
        """Turn insights back to pending whose run began earlier and never ended; how many."""
        ...

    async def backfill(self, name: str, version: int, *, limit: int) -> int:
        """Make the insight pending for at most `limit` ECGs that lack it or have an older version.

        Answers how many; 0 means every stored ECG has this version or will get it.
        """
        ...


class InsightQueue(Protocol):
    """Tells a worker that ECGs have pending insights.

    A hint: one that is lost or refused costs delay only, since a sweeper asks the repository.
    """

    def put(self, ecg_ids: Iterable[UUID]) -> None:
        """Hand over, never wait, never raise."""
        ...
