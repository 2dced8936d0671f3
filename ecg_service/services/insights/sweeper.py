"""Finds pending insights; the repository says which are pending, the queue only hints."""

import logging
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass

from ecg_service.domain.errors import EcgError
from ecg_service.domain.insights import Insight
from ecg_service.ports.insights import InsightQueue, InsightRepository
from ecg_service.services.periodic import repeat

logger = logging.getLogger(__name__)

NANOSECONDS = 1_000_000_000
"""In a second."""


@dataclass(frozen=True, slots=True)
class Sweeper:
    """Queues pending insights again: after a crash, a lost hint, or a new registration."""

    repository: InsightRepository
    queue: InsightQueue
    insights: Sequence[Insight]
    interval: float
    lease: float
    limit: int
    alone: bool = True
    """Whether nobody else computes insights of this store, or the store knows who does."""

    async def run_forever(self) -> None:
        """Sweep now and then every `interval` seconds, sooner while there is more.

        Start it before anything is claimed: if alone, it first releases what an earlier process left
        running.
        """
        fresh = self.alone

        async def work() -> float:
            nonlocal fresh
            if fresh:
                fresh = not await self._attempt(self.repository.release())
            busy = await self.sweep()
            return self.interval / 10 if busy else self.interval

        await repeat("a sweep of insights", work, every=self.interval)

    async def sweep(self) -> bool:
        """Queue what is pending; return whether there may be more."""
        await self._attempt(self._release_overdue())
        for one in self.insights:
            await self._attempt(self.repository.backfill(one.name, one.version, limit=self.limit))
        pending = await self.repository.pending(limit=self.limit)
        self.queue.put(pending)
        return len(pending) == self.limit

    async def _release_overdue(self) -> None:
        overdue = await self.repository.now() - int(self.lease * NANOSECONDS)
        await self.repository.release(claimed_before=overdue)

    async def _attempt(self, work: Awaitable[object]) -> bool:
        """Return whether the work was done; the store may be damaged there, and sound elsewhere."""
        try:
            await work
        except EcgError as error:
            logger.warning("part of a sweep failed: %s", type(error).__name__)
            return False
        return True
