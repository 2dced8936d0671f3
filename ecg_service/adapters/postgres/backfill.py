"""Backfill: makes an insight pending for stored ECGs that lack it, some ids at a time."""

from uuid import UUID

from ecg_service.adapters.postgres.engine.sql import Connection, Record
from ecg_service.adapters.postgres.tables import INSIGHTS
from ecg_service.adapters.rows.backfills import BATCH_SIZE, Progress, first_lacking
from ecg_service.adapters.rows.insights import to_row
from ecg_service.adapters.rows.sealed import sealed, unsealed
from ecg_service.domain.errors import Damaged
from ecg_service.domain.insights import InsightRecord

# Whoever stores ECGs looks at the positions when no backfill is under way, and a backfill sees
# all ECGs up to its position: none is passed over.
LOCK_BACKFILLS = "LOCK TABLE backfills IN ROW EXCLUSIVE MODE"
LOCK_TO_BACKFILL = "LOCK TABLE backfills IN EXCLUSIVE MODE"
POSITION = "SELECT position, checksum FROM backfills WHERE name = $1 AND version = $2"
REWIND = "UPDATE backfills SET position = $1, checksum = $2 WHERE position > $1"
"""Lets every backfill that is past the id of a new ECG return to it."""
CANDIDATES = """
    SELECT ecgs.id, insights.version
    FROM ecgs LEFT JOIN insights ON insights.ecg_id = ecgs.id AND insights.name = $1
    WHERE ecgs.id >= $2 ORDER BY ecgs.id LIMIT $3
"""
# An ECG that is deleted meanwhile gets none.
LOCK_ECGS = "SELECT id FROM ecgs WHERE id = ANY($1::uuid[]) ORDER BY id FOR KEY SHARE"
UPSERT = f"""
    INSERT INTO insights ({INSIGHTS.columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    ON CONFLICT (ecg_id, name) DO UPDATE SET version = $3, state = $4, attempts = $5, result = $6,
        error = $7, failures = $8, cut_short = $9, checksum = $10, claimed_at = NULL
"""  # noqa: S608
SET_POSITION = """
    INSERT INTO backfills (name, version, position, checksum) VALUES ($1, $2, $3, $4)
    ON CONFLICT (name, version) DO UPDATE SET position = $3, checksum = $4
"""
NIL, LAST = UUID(int=0), UUID(int=2**128 - 1)


async def backfill(name: str, version: int, limit: int, connection: Connection) -> Progress:
    """Continue where the last step ended, through at most `BATCH_SIZE` ECGs."""
    start = await _position(connection, name, version)
    found = await connection.fetch(CANDIDATES, name.encode(), start, BATCH_SIZE)
    rows: list[tuple[UUID, int | None]] = [(ecg_id, stored) for ecg_id, stored in found]
    lacking, seen = first_lacking(rows, version, limit)
    still_there = await connection.fetch(LOCK_ECGS, lacking) if lacking else []
    records = [InsightRecord(UUID(bytes=row[0].bytes), name, version) for row in still_there]
    await connection.executemany(UPSERT, [INSIGHTS.stored(to_row(one)) for one in records])
    if seen:
        after = _after(rows[seen - 1][0])
        await connection.execute(SET_POSITION, name.encode(), version, *sealed_position(after))
    return Progress(len(records), finished=seen == len(rows) < BATCH_SIZE)


async def _position(connection: Connection, name: str, version: int) -> UUID:
    """Return where the last step ended; a damaged backfill begins anew."""
    row = await connection.fetchrow(POSITION, name.encode(), version)
    return NIL if row is None or not is_sound(row) else row[0]


def is_sound(row: Record) -> bool:
    """Whether a position matches its checksum."""
    position, checksum = row
    try:
        unsealed((position.bytes, checksum), Damaged)
    except Damaged:
        return False
    return True


def _after(ecg_id: UUID) -> UUID:
    return UUID(int=min(ecg_id.int + 1, LAST.int))


def sealed_position(position: UUID) -> tuple[UUID, object]:
    """Return a position and its checksum."""
    _, checksum = sealed(position.bytes)
    return position, checksum
