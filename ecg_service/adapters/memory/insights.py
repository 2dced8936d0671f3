"""The state of insights in memory."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from ecg_service.adapters.memory.stock import Stock
from ecg_service.domain.insights import Claim, InsightRecord, InsightState
from ecg_service.ports.insights import InsightRepository


class MemoryInsights(InsightRepository):
    """The insights of a `MemoryStore`."""

    def __init__(self, stock: Stock) -> None:
        self._stock = stock

    async def pending(self, *, limit: int) -> list[UUID]:
        stock = self._stock.items()
        return sorted(i for i, stored in stock if stored.of(InsightState.PENDING))[:limit]

    async def claim(self, ecg_ids: Sequence[UUID], *, now: datetime) -> list[Claim]:
        return list(self._claims(ecg_ids, now))

    async def finish(self, records: Sequence[InsightRecord]) -> None:
        for record in records:
            stored = self._stock.get(record.ecg_id)
            if stored and _same_run(stored.insights.get(record.name), record):
                stored.insights[record.name] = record

    async def release(self, *, claimed_before: datetime) -> int:
        released = 0
        for stored in self._stock.values():
            for record in stored.of(InsightState.RUNNING):
                if stored.claimed_at.get(record.name, claimed_before) < claimed_before:
                    stored.insights[record.name] = replace(record, state=InsightState.PENDING)
                    released += 1
        return released

    async def backfill(self, name: str, version: int, *, limit: int) -> int:
        lacking = [i for i in sorted(self._stock) if self._lacks(i, name, version)][:limit]
        for ecg_id in lacking:
            self._stock[ecg_id].insights[name] = InsightRecord(ecg_id, name, version)
        return len(lacking)

    def _claims(self, ecg_ids: Sequence[UUID], now: datetime) -> Iterator[Claim]:
        for ecg_id in ecg_ids:
            stored = self._stock.get(ecg_id)
            if stored and (pending := stored.of(InsightState.PENDING)):
                running = tuple(map(_started, pending))
                stored.insights.update({record.name: record for record in running})
                stored.claimed_at.update({record.name: now for record in running})
                yield Claim(stored.recording, running)

    def _lacks(self, ecg_id: UUID, name: str, version: int) -> bool:
        record = self._stock[ecg_id].insights.get(name)
        return record is None or record.version < version


def _started(record: InsightRecord) -> InsightRecord:
    return replace(record, state=InsightState.RUNNING, attempts=record.attempts + 1)


def _same_run(stored: InsightRecord | None, finished: InsightRecord) -> bool:
    """Whether the stored insight still waits for this run and no later one."""
    return (
        stored is not None
        and stored.state is InsightState.RUNNING
        and (stored.version, stored.attempts) == (finished.version, finished.attempts)
    )
