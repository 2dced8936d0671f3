"""The state of insights in SQLite."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import apsw
from msgspec.structs import replace

from ecg_service.adapters.sqlite.backfill import Progress, backfill
from ecg_service.adapters.sqlite.ecg_rows import microseconds
from ecg_service.adapters.sqlite.ecgs import recording
from ecg_service.adapters.sqlite.engine.engine import Engine
from ecg_service.adapters.sqlite.engine.sql import run, run_many
from ecg_service.adapters.sqlite.insight_rows import to_json, to_record
from ecg_service.domain.errors import DamagedEcg
from ecg_service.domain.insights import Claim, InsightRecord, InsightState
from ecg_service.ports.insights import InsightRepository

PENDING = """
    SELECT DISTINCT ecg_id FROM insights WHERE state = 'pending' ORDER BY ecg_id LIMIT ?
"""
CLAIM = """
    UPDATE insights SET state = 'running', attempts = attempts + 1, claimed_at = ?
    WHERE ecg_id = ? AND state = 'pending'
    RETURNING ecg_id, name, version, state, attempts, result, error
"""
# Attempts tell this run from a later one: whoever claims the insight anew has counted one more.
FINISH = """
    UPDATE insights SET state = ?, result = ?, error = ?
    WHERE ecg_id = ? AND name = ? AND version = ? AND attempts = ? AND state = 'running'
"""
RELEASE = """
    UPDATE insights SET state = 'pending' WHERE state = 'running' AND claimed_at < ?
"""


class SqliteInsights(InsightRepository):
    """The insights of a `SqliteStore`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def pending(self, *, limit: int) -> list[UUID]:
        return await self._engine.read(_pending, limit)

    async def claim(self, ecg_ids: Sequence[UUID], *, now: datetime) -> list[Claim]:
        return await self._engine.write(_claim_all, ecg_ids, microseconds(now))

    async def finish(self, records: Sequence[InsightRecord]) -> None:
        if records:
            await self._engine.write(_finish, records)

    async def release(self, *, claimed_before: datetime) -> int:
        return await self._engine.write(_release, microseconds(claimed_before))

    async def backfill(self, name: str, version: int, *, limit: int) -> int:
        # In steps, so that others can write in between.
        made = 0
        while made < limit:
            step: Progress = await self._engine.write(backfill, name, version, limit - made)
            made += step.made
            if step.finished:
                break
        return made


def _pending(connection: apsw.Connection, limit: int) -> list[UUID]:
    return [UUID(bytes=ecg_id) for (ecg_id,) in run(connection, PENDING, limit)]


def _claim_all(connection: apsw.Connection, ecg_ids: Sequence[UUID], now: int) -> list[Claim]:
    claims = (_claim(connection, ecg_id, now) for ecg_id in ecg_ids)
    return [claim for claim in claims if claim is not None]


def _claim(connection: apsw.Connection, ecg_id: UUID, now: int) -> Claim | None:
    rows = run(connection, CLAIM, now, ecg_id.bytes)
    if not rows:
        return None
    records = tuple(sorted(map(to_record, rows), key=lambda record: record.name))
    try:
        return Claim(recording(connection, None, ecg_id), records)
    except DamagedEcg as error:
        reason = str(error)
    # Nobody can compute these, and the other ECGs must not wait for them.
    _finish(connection, [_failed(record, reason) for record in records])
    return None


def _failed(record: InsightRecord, reason: str) -> InsightRecord:
    return replace(record, state=InsightState.FAILED, error=reason)


def _finish(connection: apsw.Connection, records: Sequence[InsightRecord]) -> None:
    run_many(connection, FINISH, map(_to_finish, records))


def _to_finish(record: InsightRecord) -> tuple[bytes | str | int | None, ...]:
    outcome = (record.state.value, to_json(record.result), record.error)
    return (*outcome, record.ecg_id.bytes, record.name, record.version, record.attempts)


def _release(connection: apsw.Connection, claimed_before: int) -> int:
    run(connection, RELEASE, claimed_before)
    return connection.changes()
