"""Returns ECGs and their insights to their owner."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import TypeVar
from uuid import UUID

from ecg_service.domain.ecg import Cursor, Ecg, Lead, UnreadableEcg, described_bytes
from ecg_service.domain.errors import LeadNotFound
from ecg_service.domain.insights import ZERO_CROSSINGS, InsightRecord
from ecg_service.domain.principal import Principal
from ecg_service.domain.signals import Signal, ZeroRule
from ecg_service.domain.stored import StoredEcg
from ecg_service.ports.core import SignalCore
from ecg_service.ports.ecgs import EcgRepository
from ecg_service.ports.formats import Write, WriteBlob
from ecg_service.services.found import FoundEcg, FoundInsights, Window
from ecg_service.services.insights.changes import InsightChanges

T = TypeVar("T")

COUNTED = (ZERO_CROSSINGS,)
"""The insights that tell what is answered of an ECG itself."""

StoredCounts = Callable[[Sequence[InsightRecord]], Sequence[int] | None]


class Ecgs:
    """Reads and deletes ECGs; every method takes the owner, and finds the owner's ECGs only.

    `stored_counts` returns each lead's zero crossings from the insights of an ECG, or None if
    they are not done.
    """

    def __init__(
        self,
        repository: EcgRepository,
        core: SignalCore,
        stored_counts: StoredCounts,
        changes: InsightChanges,
        *,
        max_page_bytes: int,
    ) -> None:
        self._repository = repository
        self._core = core
        self._stored_counts = stored_counts
        self._changes = changes
        self._max_page_bytes = max_page_bytes
        self._turns = asyncio.Semaphore(1)

    async def read(self, owner: str, ecg_id: UUID, *, write: WriteBlob | None = None) -> FoundEcg:
        """Return an ECG, with its samples as `write` encodes them, or without."""
        if write is not None:
            use = partial(self._with_samples, write)
            return await self._repository.read(owner, ecg_id, use, insights=COUNTED)
        stored = await self._repository.get(owner, ecg_id, samples=False, insights=COUNTED)
        counts = self._stored_counts(stored.insights)
        if counts is None:
            stored, counts = await self._count(owner, ecg_id, "neutral")
        return FoundEcg(stored.ecg, counts, [None] * len(counts))

    async def lead(self, owner: str, ecg_id: UUID, index: int) -> Lead:
        """Return one lead without its samples."""
        return _lead(await self._repository.get(owner, ecg_id, samples=False, insights=()), index)

    async def window(
        self,
        owner: str,
        ecg_id: UUID,
        index: int,
        *,
        write: Write,
        start: int = 0,
        stop: int | None = None,
        max_points: int | None = None,
    ) -> Window:
        """Return samples `start` to `stop` of one lead.

        With `max_points`, at most that many: the minimum and the maximum of each bucket, so that
        no peak is lost.
        """

        def read(stored: StoredEcg) -> Window:
            lead = _lead(stored, index)
            return self._core.window(stored, index, start, stop, partial(render, lead))

        def render(lead: Lead, signal: Signal) -> Window:
            first = min(start, lead.num_samples)
            place = (lead, first, first + len(signal), _crossings(lead, signal))
            if max_points is None or len(signal) <= max_points:
                return Window(*place, write(signal))
            positions, values = signal.thin(max_points, missing=lead.missing)
            return Window(*place, write(values, positions))

        return await self._repository.read(owner, ecg_id, read, insights=())

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

    async def _count(
        self, owner: str, ecg_id: UUID, zeros: ZeroRule
    ) -> tuple[StoredEcg, list[int]]:
        """Read the ECG with its samples, and count each lead's zero crossings."""

        def count(stored: StoredEcg) -> tuple[StoredEcg, list[int]]:
            return stored, self._each(stored, partial(_crossings, zeros=zeros))

        return await self._repository.read(owner, ecg_id, count)

    def _with_samples(self, write: WriteBlob, stored: StoredEcg) -> FoundEcg:
        samples = self._core.write(stored, write)
        counts = self._stored_counts(stored.insights)
        if counts is None:
            counts = self._each(stored, _crossings)
        return FoundEcg(stored.ecg, counts, samples)

    def _each(self, stored: StoredEcg, use: Callable[[Lead, Signal], T]) -> list[T]:
        """Return `use` of each lead and its samples; called in a thread."""
        leads = stored.ecg.leads
        return self._core.unpack_here(stored, lambda signals: [*map(use, leads, signals)])

    async def _await_final(self, owner: str, ecg_id: UUID, wait: float) -> StoredEcg:
        """Return when every insight is done or failed, or after `wait` seconds.

        Those who wait take turns at reading: however many they are, they leave the readers and
        their queue to others.
        """
        if not wait:
            return await self._repository.get(owner, ecg_id, samples=False)
        clock = asyncio.get_running_loop().time
        deadline = clock() + wait
        with self._changes.subscribed(ecg_id) as changed:
            while True:
                changed.clear()
                async with self._turns:
                    stored = await self._repository.get(owner, ecg_id, samples=False)
                left = deadline - clock()
                if left <= 0 or all(record.is_final for record in stored.insights):
                    return stored
                with suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), left)


def _lead(stored: StoredEcg, index: int) -> Lead:
    if index >= len(stored.ecg.leads):
        raise LeadNotFound
    return stored.ecg.leads[index]


def _crossings(lead: Lead, signal: Signal, zeros: ZeroRule = "neutral") -> int:
    return signal.count_zero_crossings(zeros=zeros, baseline=lead.baseline, missing=lead.missing)
