"""Gives ECGs and their insights back to their owner."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from ecg_service.domain.ecg import Cursor, Ecg, Lead, Signal, ZeroRule
from ecg_service.domain.errors import EcgError, LeadNotFound
from ecg_service.domain.insights import InsightRecord, InsightState
from ecg_service.ports.core import SignalCore
from ecg_service.ports.ecgs import EcgRepository

T = TypeVar("T")

FIRST_POLL, LAST_POLL = 0.01, 0.25
"""Seconds between two looks at insights that somebody waits for: doubled up to the last."""

UNSETTLED = {InsightState.PENDING, InsightState.RUNNING}


@dataclass(frozen=True, slots=True)
class FoundEcg:
    """An ECG with each lead's zero crossings and, if asked for, its samples as JSON."""

    ecg: Ecg
    crossings: Sequence[int]
    samples: Sequence[bytes | None]


@dataclass(frozen=True, slots=True)
class FoundInsights:
    """What is known of an ECG, and each lead's name and zero crossings by the rule asked for."""

    crossings: Sequence[tuple[str, int]]
    records: Sequence[InsightRecord]


@dataclass(frozen=True, slots=True)
class Window:
    """Samples `start` to `stop` of a lead as JSON; decimated ones come with their positions."""

    lead: Lead
    start: int
    stop: int
    zero_crossings: int
    samples: bytes
    positions: bytes | None = None


class Ecgs:
    """Reads and deletes; every call names the owner, and finds nobody else's ECG."""

    def __init__(self, repository: EcgRepository, core: SignalCore) -> None:
        self._repository = repository
        self._core = core

    async def read(self, owner: str, ecg_id: UUID, *, signals: bool) -> FoundEcg:
        """Return an ECG, with or without its samples."""
        records = await self._repository.insights(owner, ecg_id)
        counts = [count for _, count in await self._crossings(owner, ecg_id, records)]
        if not signals:
            return FoundEcg(await self._repository.get(owner, ecg_id), counts, [None] * len(counts))
        ecg, samples = await self._unpack(owner, ecg_id, _to_json)
        return FoundEcg(ecg, counts, samples)

    async def window(
        self,
        owner: str,
        ecg_id: UUID,
        index: int,
        *,
        start: int = 0,
        stop: int | None = None,
        max_points: int | None = None,
    ) -> Window:
        """Return samples `start` to `stop` of one lead.

        With `max_points`, no more than so many: the least and the greatest of each stretch, so
        that no peak is lost.
        """
        recording = await self._repository.recording(owner, ecg_id)
        if index >= len(recording.ecg.leads):
            raise LeadNotFound
        lead = recording.ecg.leads[index]

        def view(signal: Signal) -> Window:
            first = min(start, lead.num_samples)
            place = (
                lead,
                first,
                first + len(signal),
                signal.zero_crossings(baseline=lead.baseline),
            )
            if max_points is None or len(signal) <= max_points:
                return Window(*place, signal.to_json())
            positions, values = signal.decimate(max_points)
            return Window(*place, values.to_json(), positions.to_json())

        return await self._core.window(recording.blob, index, start, stop, view)

    async def page(
        self,
        owner: str,
        *,
        limit: int,
        since: datetime | None = None,
        until: datetime | None = None,
        after: Cursor | None = None,
    ) -> tuple[list[Ecg], Cursor | None]:
        """Return a page, newest first, and where the next one starts if there is more."""
        found = await self._repository.page(
            owner, limit=limit + 1, since=since, until=until, after=after
        )
        page = found[:limit]
        return page, Cursor(page[-1].date, page[-1].id) if len(found) > limit else None

    async def insights(
        self, owner: str, ecg_id: UUID, *, zeros: ZeroRule = "neutral", wait: float = 0
    ) -> FoundInsights:
        """Return what is known, after at most `wait` seconds if some of it is not settled yet.

        Crossings by another rule than the stored one are counted anew.
        """
        records = await self._settled(owner, ecg_id, wait)
        return FoundInsights(await self._crossings(owner, ecg_id, records, zeros), records)

    async def delete(self, owner: str, ecg_id: UUID) -> None:
        """Remove the ECG with all that belongs to it."""
        await self._repository.delete(owner, ecg_id)

    async def _crossings(
        self,
        owner: str,
        ecg_id: UUID,
        records: Sequence[InsightRecord],
        zeros: ZeroRule = "neutral",
    ) -> list[tuple[str, int]]:
        """Return each lead's name and zero crossings: as stored, or else counted anew."""
        [record] = [record for record in records if record.name == "zero_crossings"]
        if zeros == "neutral" and record.state is InsightState.DONE:
            return [(lead["name"], lead["zero_crossings"]) for lead in record.result]
        ecg, counts = await self._unpack(owner, ecg_id, _counting(zeros))
        return [(lead.name, count) for lead, count in zip(ecg.leads, counts, strict=True)]

    async def _unpack(
        self, owner: str, ecg_id: UUID, use: Callable[[Lead, Signal], T]
    ) -> tuple[Ecg, list[T]]:
        recording = await self._repository.recording(owner, ecg_id)
        leads = recording.ecg.leads
        [answer] = await self._core.unpack(
            [recording.blob], lambda _, signals: [*map(use, leads, signals)]
        )
        if isinstance(answer, EcgError):
            raise answer
        return recording.ecg, answer

    async def _settled(self, owner: str, ecg_id: UUID, wait: float) -> list[InsightRecord]:
        clock = asyncio.get_running_loop().time
        pause, deadline = FIRST_POLL, clock() + wait
        while True:
            records = await self._repository.insights(owner, ecg_id)
            left = deadline - clock()
            if left <= 0 or not any(record.state in UNSETTLED for record in records):
                return records
            await asyncio.sleep(min(pause, left))
            pause = min(2 * pause, LAST_POLL)


def _to_json(_: Lead, signal: Signal) -> bytes:
    return signal.to_json()


def _counting(zeros: ZeroRule) -> Callable[[Lead, Signal], int]:
    return lambda lead, signal: signal.zero_crossings(zeros=zeros, baseline=lead.baseline)
