"""Insights of a store behind a cache."""

from collections.abc import Sequence
from uuid import UUID

from ecg_service.adapters.cache.trust import Trust
from ecg_service.domain.insights import InsightRecord
from ecg_service.domain.stored import StoredEcg
from ecg_service.ports.insights import NEVER, InsightRepository, Unfinished


class CachedInsights(InsightRepository):
    """The insights of another repository.

    An ECG has no entry in the cache before all its insights have settled, so that nothing is
    outdated when one does. A backfill unsettles some, of which nobody knows which.
    """

    def __init__(self, insights: InsightRepository, trust: Trust) -> None:
        self._insights = insights
        self._trust = trust

    async def pending(self, *, limit: int, since: UUID | None = None) -> list[UUID]:
        return await self._insights.pending(limit=limit, since=since)

    async def unfinished(self) -> Unfinished:
        return await self._insights.unfinished()

    async def now(self) -> int:
        return await self._insights.now()

    async def claim(self, ecg_ids: Sequence[UUID], *, now: int) -> list[StoredEcg]:
        return await self._insights.claim(ecg_ids, now=now)

    async def finish(self, records: Sequence[InsightRecord]) -> None:
        await self._insights.finish(records)

    async def release(self, *, claimed_before: int = NEVER) -> int:
        return await self._insights.release(claimed_before=claimed_before)

    async def backfill(self, name: str, version: int, *, limit: int) -> int:
        try:
            made = await self._insights.backfill(name, version, limit=limit)
        except BaseException:  # some of it may be stored
            await self._trust.renew()
            raise
        if made:
            await self._trust.renew()
        return made
