"""Insights in SQLite."""

import logging
import time
from collections.abc import Iterable, Sequence
from uuid import UUID

import apsw

from ecg_service.adapters.rows.backfills import Progress
from ecg_service.adapters.rows.insights import to_row
from ecg_service.adapters.sqlite.backfill import backfill
from ecg_service.adapters.sqlite.engine.engine import Engine
from ecg_service.adapters.sqlite.engine.sql import execute, execute_many
from ecg_service.adapters.sqlite.reading import get_for_any_owner
from ecg_service.adapters.sqlite.rows.insights import NAME, select_names, select_record
from ecg_service.adapters.sqlite.rows.sealed import UNREADABLE
from ecg_service.domain.errors import DamagedEcg
from ecg_service.domain.insights import InsightRecord, InsightState, to_run
from ecg_service.domain.stored import StoredEcg
from ecg_service.ports.insights import NEVER, InsightRepository, Unfinished

# The states are literals, not parameters, so that SQLite can use the partial indexes.
PENDING = """
    SELECT DISTINCT ecg_id FROM insights
    WHERE state = 'pending' AND ecg_id >= ? AND length(ecg_id) = 16 ORDER BY ecg_id LIMIT ?
"""
UNFINISHED = """
    SELECT (SELECT count(*) FROM insights WHERE state = 'pending'),
        (SELECT count(*) FROM insights WHERE state = 'running')
"""
OVERDUE = f"""
    SELECT ecg_id, {NAME} FROM insights
    WHERE state = 'running' AND claimed_at < ? AND length(ecg_id) = 16
"""  # noqa: S608
CLAIMED = "UPDATE insights SET claimed_at = ? WHERE ecg_id = ? AND name = ?"
PUT = """
    UPDATE insights SET version = ?3, state = ?4, attempts = ?5, result = ?6, error = ?7,
        failures = ?8, cut_short = ?9, checksum = ?10
    WHERE ecg_id = ?1 AND name = ?2
"""
# Of a damaged insight, whose checksum stays wrong: it is not tried again.
PARK = "UPDATE insights SET state = 'failed' WHERE ecg_id = ? AND name = CAST(? AS TEXT)"

MOST_BYTES = 16 * 1024 * 1024
"""Of samples that are claimed at once, which long recordings may exceed."""

logger = logging.getLogger(__name__)


class SqliteInsights(InsightRepository):
    """The insights of a `SqliteStore`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def pending(self, *, limit: int, since: UUID | None = None) -> list[UUID]:
        return await self._engine.read(_pending, since, limit)

    async def unfinished(self) -> Unfinished:
        return await self._engine.read(_unfinished)

    async def now(self) -> int:
        return time.monotonic_ns()  # one process has the file open

    async def claim(self, ecg_ids: Sequence[UUID], *, now: int) -> list[StoredEcg]:
        return await self._engine.write(_claim_all, ecg_ids, now)

    async def finish(self, records: Sequence[InsightRecord]) -> None:
        if records:
            await self._engine.write(_finish, records)

    async def release(self, *, claimed_before: int = NEVER) -> int:
        return await self._engine.write(_release, claimed_before)

    async def backfill(self, name: str, version: int, *, limit: int) -> int:
        # In steps, so that other writes can run in between.
        made = 0
        while made < limit:
            step: Progress = await self._engine.write(backfill, name, version, limit - made)
            made += step.made
            if step.finished:
                break
        return made


def _unfinished(connection: apsw.Connection) -> Unfinished:
    [row] = execute(connection, UNFINISHED)
    return Unfinished(*map(int, row))  # pyright: ignore[reportArgumentType]


def _pending(connection: apsw.Connection, since: UUID | None, limit: int) -> list[UUID]:
    first = since.bytes if since else b""
    return [UUID(bytes=ecg_id) for (ecg_id,) in execute(connection, PENDING, first, limit)]


def _claim_all(connection: apsw.Connection, ecg_ids: Sequence[UUID], now: int) -> list[StoredEcg]:
    """Claim up to the ECG that brings the samples to `MOST_BYTES`; the others stay pending."""
    alone, claimed, size = len(ecg_ids) == 1, list[StoredEcg](), 0
    for ecg_id in ecg_ids:
        claim = _claim(connection, ecg_id, now, alone=alone) if size < MOST_BYTES else None
        if claim is not None:
            claimed.append(claim)
            size += len(claim.blob)
    return claimed


def _claim(connection: apsw.Connection, ecg_id: UUID, now: int, *, alone: bool) -> StoredEcg | None:
    names = select_names(connection, ecg_id)
    records = _select_or_park(connection, [(ecg_id, name) for name in names])
    pending = [record for record in records if record.state is InsightState.PENDING]
    if not pending:
        return None
    running = tuple(record.claimed() for record in to_run(pending, alone=alone))
    try:
        stored = get_for_any_owner(connection, ecg_id)
    except UNREADABLE as error:
        # They cannot be computed, and must not block the other ECGs.
        reason = str(error) if isinstance(error, DamagedEcg) else "the ECG cannot be read"
        _put(connection, [record.claimed().failed(reason) for record in pending])
        return None
    _put(connection, running)
    execute_many(connection, CLAIMED, [(now, ecg_id.bytes, record.name) for record in running])
    return StoredEcg(stored.ecg, running, stored.blob)


def _finish(connection: apsw.Connection, records: Sequence[InsightRecord]) -> None:
    for record in records:
        if _is_awaited(connection, record):
            _put(connection, [record])


def _is_awaited(connection: apsw.Connection, record: InsightRecord) -> bool:
    stored = select_record(connection, record.ecg_id, record.name)
    return stored is not None and stored.awaits(record)


def _release(connection: apsw.Connection, claimed_before: int) -> int:
    keys = execute(connection, OVERDUE, claimed_before)
    overdue = _select_or_park(connection, [(UUID(bytes=ecg_id), name) for ecg_id, name in keys])
    _put(connection, [record.released() for record in overdue])
    return len(overdue)


def _select_or_park(
    connection: apsw.Connection, keys: Iterable[tuple[UUID, bytes]]
) -> list[InsightRecord]:
    """Read these insights; one that is damaged fails by itself, and is left out."""
    found: list[InsightRecord] = []
    for ecg_id, name in keys:
        if record := select_record(connection, ecg_id, name):
            found.append(record)
        else:
            logger.error("an insight of ECG %s is damaged and will not be computed", ecg_id)
            execute(connection, PARK, ecg_id.bytes, name)
    return found


def _put(connection: apsw.Connection, records: Iterable[InsightRecord]) -> None:
    execute_many(connection, PUT, map(to_row, records))
