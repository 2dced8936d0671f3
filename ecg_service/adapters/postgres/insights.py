"""Insights in PostgreSQL."""

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import groupby
from uuid import UUID

from ecg_service.adapters.postgres.backfill import LOCK_TO_BACKFILL, backfill
from ecg_service.adapters.postgres.engine.engine import Engine
from ecg_service.adapters.postgres.engine.presence import PRESENT
from ecg_service.adapters.postgres.engine.sql import Connection, Record
from ecg_service.adapters.postgres.records import put_records, read_record
from ecg_service.adapters.postgres.tables import ECGS, INSIGHTS
from ecg_service.adapters.rows.ecgs import BLOB_COLUMNS, OWNER, to_blob, to_ecg
from ecg_service.domain.errors import Damaged, DamagedEcg, EcgNotFound, NotFound
from ecg_service.domain.insights import InsightRecord, to_run
from ecg_service.domain.stored import StoredEcg
from ecg_service.ports.insights import NEVER, InsightRepository, Unfinished

NOW = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000000)::bigint"
# The states are literals, not parameters, so that PostgreSQL can use the partial indexes.
UNFINISHED = """
    SELECT (SELECT count(*) FROM insights WHERE state = 'pending'),
        (SELECT count(*) FROM insights WHERE state = 'running')
"""
PENDING = """
    SELECT DISTINCT ecg_id FROM insights WHERE state = 'pending' AND ecg_id >= $1
    ORDER BY ecg_id LIMIT $2
"""
# Those that others claim at this moment are left out, and nobody waits.
CLAIM = f"""
    SELECT {INSIGHTS.columns} FROM insights WHERE ecg_id = ANY($1::uuid[]) AND state = 'pending'
    ORDER BY ecg_id, name FOR UPDATE SKIP LOCKED
"""  # noqa: S608
CLAIMED = """
    UPDATE insights SET claimed_at = $3, claimed_by = $4 WHERE ecg_id = $1 AND name = $2
"""
ANY_OWNERS = f"SELECT {BLOB_COLUMNS}, {ECGS.columns} FROM ecgs WHERE id = ANY($1::uuid[])"  # noqa: S608
AWAITED = f"""
    SELECT {INSIGHTS.columns} FROM insights
    WHERE (ecg_id, name) IN (SELECT * FROM unnest($1::uuid[], $2::bytea[]))
    ORDER BY ecg_id, name FOR UPDATE
"""  # noqa: S608
OVERDUE = f"""
    SELECT {INSIGHTS.columns} FROM insights WHERE state = 'running' AND {{}}
    ORDER BY ecg_id, name FOR UPDATE SKIP LOCKED
"""  # noqa: S608
CLAIMED_BEFORE = OVERDUE.format("claimed_at < $1")
# Of this process, which has just started, and of those that have ended, however they did.
LEFT_BEHIND = OVERDUE.format(
    f"(claimed_by IS NULL OR claimed_by = $1 OR claimed_by NOT IN ({PRESENT}))"
)
# Of a damaged insight, whose checksum stays wrong: it is not tried again.
PARK = "UPDATE insights SET state = 'failed' WHERE ecg_id = $1 AND name = $2"

NIL = UUID(int=0)
ID = 2
"""The index of the id among `ANY_OWNERS`."""

logger = logging.getLogger(__name__)


class PostgresInsights(InsightRepository):
    """The insights of a `PostgresStore`; `presence` is what its runs are claimed by."""

    def __init__(self, engine: Engine, presence: int) -> None:
        self._engine = engine
        self._presence = presence

    async def now(self) -> int:
        return await self._engine.read(lambda connection: connection.fetchval(NOW))

    async def pending(self, *, limit: int, since: UUID | None = None) -> list[UUID]:
        bounds = since or NIL, limit
        rows = await self._engine.read(lambda connection: connection.fetch(PENDING, *bounds))
        return [UUID(bytes=row[0].bytes) for row in rows]

    async def unfinished(self) -> Unfinished:
        row = await self._engine.read(lambda connection: connection.fetchrow(UNFINISHED))
        return Unfinished(*row) if row else Unfinished()

    async def claim(self, ecg_ids: Sequence[UUID], *, now: int) -> list[StoredEcg]:
        async def claim(connection: Connection) -> list[StoredEcg]:
            pending = await _select_or_park(connection, CLAIM, [*ecg_ids])
            by_ecg = {one: [*group] for one, group in groupby(pending, lambda r: r.ecg_id)}
            claims, failed = await _claims(connection, by_ecg, alone=len(ecg_ids) == 1)
            running = [record for claim in claims for record in claim.insights]
            await put_records(connection, [*running, *failed])
            await connection.executemany(
                CLAIMED, [(r.ecg_id, r.name.encode(), now, self._presence) for r in running]
            )
            order = {ecg_id: place for place, ecg_id in reversed([*enumerate(ecg_ids)])}
            return sorted(claims, key=lambda claim: order[claim.ecg.id])

        return await self._engine.write(claim, wrote=bool) if ecg_ids else []

    async def finish(self, records: Sequence[InsightRecord]) -> None:
        async def finish(connection: Connection) -> None:
            keys = [r.ecg_id for r in records], [r.name.encode() for r in records]
            found = await _select_or_park(connection, AWAITED, *keys)
            stored = {(one.ecg_id, one.name): one for one in found}
            ended: dict[tuple[UUID, str], InsightRecord] = {}
            for end in records:
                key = end.ecg_id, end.name
                if key in stored and stored[key].awaits(end):
                    stored[key] = ended[key] = end
            await put_records(connection, ended.values())

        if records:
            await self._engine.write(finish)

    async def release(self, *, claimed_before: int = NEVER) -> int:
        everything = claimed_before == NEVER
        statement = LEFT_BEHIND if everything else CLAIMED_BEFORE

        async def release(connection: Connection) -> int:
            bound = self._presence if everything else claimed_before
            overdue = await _select_or_park(connection, statement, bound)
            await put_records(connection, [record.released() for record in overdue])
            return len(overdue)

        return await self._engine.write(release, wrote=bool)

    async def backfill(self, name: str, version: int, *, limit: int) -> int:
        # In steps, so that ECGs can be stored in between.
        made = 0
        while made < limit:
            left = limit - made
            step = await self._engine.write(
                partial(backfill, name, version, left),
                locks=LOCK_TO_BACKFILL,
                wrote=lambda step: step.made > 0,
            )
            made += step.made
            if step.finished:
                break
        return made


async def _claims(
    connection: Connection, pending: Mapping[UUID, list[InsightRecord]], *, alone: bool
) -> tuple[list[StoredEcg], list[InsightRecord]]:
    """Return the ECGs with what runs of them, and what fails since its ECG cannot be read."""
    rows = await connection.fetch(ANY_OWNERS, [*pending])
    ecgs = {UUID(bytes=row[ID].bytes): row for row in rows}
    claims: list[StoredEcg] = []
    failed: list[InsightRecord] = []
    for ecg_id, records in pending.items():
        running = tuple(record.claimed() for record in to_run(records, alone=alone))
        try:
            claims.append(_to_stored(ecg_id, ecgs.get(ecg_id), running))
        except (Damaged, NotFound) as error:
            # They cannot be computed, and must not block the other ECGs.
            reason = str(error) or "the ECG cannot be read"
            failed += [record.claimed().failed(reason) for record in records]
    return claims, failed


def _to_stored(ecg_id: UUID, row: Record | None, insights: tuple[InsightRecord, ...]) -> StoredEcg:
    if row is None:
        raise EcgNotFound
    blob, checksum, *columns = row
    found = ECGS.read(columns, DamagedEcg)
    return StoredEcg(to_ecg(found, found[OWNER]), insights, to_blob((blob, checksum), ecg_id))


async def _select_or_park(
    connection: Connection, statement: str, *values: object
) -> list[InsightRecord]:
    """Read insights; one that is damaged fails by itself, and is left out."""
    found: list[InsightRecord] = []
    for row in await connection.fetch(statement, *values):
        with suppress(Damaged):
            found.append(read_record(row))
            continue
        ecg_id, name, *_ = row
        logger.error("an insight of ECG %s is damaged and will not be computed", ecg_id)
        await connection.execute(PARK, ecg_id, name)
    return found
