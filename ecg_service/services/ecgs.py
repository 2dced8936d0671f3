"""Returns ECGs and their insights to their owner."""

import asyncio
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from ecg_service.domain.ecg import Cursor, Ecg, Lead, UnreadableEcg, described_bytes
from ecg_service.domain.principal import Principal
from ecg_service.domain.signals import ZeroRule
from ecg_service.domain.stored import StoredEcg
from ecg_service.ports.core import SignalCore
from ecg_service.ports.ecgs import EcgRepository
from ecg_service.services.found import FoundInsights
from ecg_service.services.insights.changes import InsightChanges
from ecg_service.services.samples import EcgSamples, StoredCounts, lead_of

FIRST_PAUSE, LAST_PAUSE = 0.1, 2.0
"""Seconds after which who waits for insights looks again: another process may have computed them.

Each pause is twice the one before.
"""


class Ecgs(EcgSamples):
    """Reads and deletes ECGs; every method takes the owner, and finds the owner's ECGs only."""

    def __init__(
        self,
        repository: EcgRepository,
        core: SignalCore,
        stored_counts: StoredCounts,
        changes: InsightChanges,
        *,
        max_page_bytes: int,
    ) -> None:
        super().__init__(repository, core, stored_counts)
        self._changes = changes
        self._max_page_bytes = max_page_bytes
        self._turns = asyncio.Semaphore(1)

    async def lead(self, owner: str, ecg_id: UUID, index: int) -> Lead:
        """Return one lead without its samples."""
        return lead_of(await self._repository.get(owner, ecg_id, samples=False, insights=()), index)

    async def page(
        self,
        owner: str,
        *,
        limit: int,
        since: datetime | None = None,
        until: datetime | None = None,
        after: Cursor | None = None,
    ) -> tuple[list[Ecg | UnreadableEcg], Cursor | None]:
        """Return a page, newest first, and the cursor of the next page if there may be one.

        A page has fewer ECGs than `limit` if these are large.
        """
        found = await self._repository.page(
            owner,
            limit=limit + 1,
            since=since,
            until=until,
            after=after,
            max_bytes=self._max_page_bytes,
        )
        page = found[:limit]
        full = len(found) > limit or sum(map(described_bytes, found)) >= self._max_page_bytes
        return page, Cursor(page[-1].date, page[-1].id) if full else None

    async def insights(
        self, owner: str, ecg_id: UUID, *, zeros: ZeroRule = "neutral", wait: float = 0
    ) -> FoundInsights:
        """Return the insights, waiting at most `wait` seconds until all are done or failed.

        Zero crossings by another rule than the stored one are counted now.
        """
        if wait or zeros == "neutral":
            stored = await self._await_final(owner, ecg_id, wait)
            counts = self._stored_counts(stored.insights)
            if counts is not None and zeros == "neutral":
                return FoundInsights(stored.ecg.leads, counts, stored.insights)
        stored, counts = await self._count(owner, ecg_id, zeros)
        return FoundInsights(stored.ecg.leads, counts, stored.insights)

    async def delete(self, owner: Principal, ecg_id: UUID) -> None:
        """Delete the ECG with its samples and insights."""
        await self._repository.delete(owner.name, ecg_id, by=owner)
        self._changes.announce([ecg_id])

    async def _await_final(self, owner: str, ecg_id: UUID, wait: float) -> StoredEcg:
        """Return when every insight is done or failed, or after `wait` seconds.

        Those who wait take turns at reading: however many they are, they leave the readers and
        their queue to others.
        """
        if not wait:
            return await self._repository.get(owner, ecg_id, samples=False)
        clock = asyncio.get_running_loop().time
        deadline, pause = clock() + wait, FIRST_PAUSE
        with self._changes.subscribed(ecg_id) as changed:
            while True:
                changed.clear()
                async with self._turns:
                    stored = await self._repository.get(owner, ecg_id, samples=False)
                left = deadline - clock()
                if left <= 0 or all(record.is_final for record in stored.insights):
                    return stored
                with suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), min(left, pause))
                pause = min(2 * pause, LAST_PAUSE)
