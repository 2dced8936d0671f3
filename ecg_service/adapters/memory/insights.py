"""Insights in memory."""

import time
from collections.abc import Iterator, Sequence
from uuid import UUID

from msgspec.structs import replace

from ecg_service.adapters.memory.ecgs import EcgsById
from ecg_service.domain.insights import InsightRecord, InsightState, is_due, to_run
from ecg_service.domain.stored import StoredEcg
from ecg_service.ports.insights import NEVER, InsightRepository, Unfinished


class MemoryInsights(InsightRepository):
    """The insights of a `MemoryStore`."""

    def __init__(self, stored: EcgsById) -> None:
        self._stored = stored
        self._claimed_at: dict[tuple[UUID, str], int] = {}

    async def pending(self, *, limit: int, since: UUID | None = None) -> list[UUID]:
        found = (i for i, one in self._stored.items() if _in(one, InsightState.PENDING))
        return sorted(i for i in found if since is None or i >= since)[:limit]

    async def unfinished(self) -> Unfinished:
        states = [record.state for one in self._stored.values() for record in one.insights]
        return Unfinished(states.count(InsightState.PENDING), states.count(InsightState.RUNNING))

    async def now(self) -> int:
        return time.monotonic_ns()

    async def claim(self, ecg_ids: Sequence[UUID], *, now: int) -> list[StoredEcg]:
        return list(self._claims(ecg_ids, now))

    async def finish(self, records: Sequence[InsightRecord]) -> None:
        for record in records:
            if (stored := self._record(record.ecg_id, record.name)) and stored.awaits(record):
                self._put(record)

    async def release(self, *, claimed_before: int = NEVER) -> int:
        running = [r for one in self._stored.values() for r in _in(one, InsightState.RUNNING)]
        overdue = [r for r in running if self._claimed_at[r.ecg_id, r.name] < claimed_before]
        for record in overdue:
            self._put(record.released())
        return len(overdue)

    async def backfill(self, name: str, version: int, *, limit: int) -> int:
        lacking = [i for i in sorted(self._stored) if is_due(self._version(i, name), version)]
        for ecg_id in lacking[:limit]:
            self._put(InsightRecord(ecg_id, name, version))
        return len(lacking[:limit])

    def _claims(self, ecg_ids: Sequence[UUID], now: int) -> Iterator[StoredEcg]:
        alone = len(ecg_ids) == 1
        for ecg_id in ecg_ids:
            stored = self._stored.get(ecg_id)
            if stored and (pending := _in(stored, InsightState.PENDING)):
                running = tuple(record.claimed() for record in to_run(pending, alone=alone))
                for record in running:
                    self._put(record)
                    self._claimed_at[ecg_id, record.name] = now
                yield StoredEcg(stored.ecg, running, stored.blob)

    def _record(self, ecg_id: UUID, name: str) -> InsightRecord | None:
        stored = self._stored.get(ecg_id)
        found = (record for record in stored.insights if record.name == name) if stored else ()
        return next(iter(found), None)

    def _version(self, ecg_id: UUID, name: str) -> int | None:
        record = self._record(ecg_id, name)
        return record and record.version

    def _put(self, record: InsightRecord) -> None:
        stored = self._stored[record.ecg_id]
        by_name = {other.name: other for other in stored.insights} | {record.name: record}
        insights = tuple(by_name[name] for name in sorted(by_name))
        self._stored[record.ecg_id] = replace(stored, insights=insights)


def _in(stored: StoredEcg, state: InsightState) -> list[InsightRecord]:
    return [record for record in stored.insights if record.state is state]
