"""Backfill: makes an insight pending for stored ECGs that lack it, some ids at a time."""

from contextlib import suppress
from uuid import UUID

import apsw

from ecg_service.adapters.rows.backfills import BATCH_SIZE, Progress, first_lacking
from ecg_service.adapters.rows.insights import to_row
from ecg_service.adapters.rows.sealed import sealed, unsealed
from ecg_service.adapters.sqlite.engine.sql import execute, execute_many
from ecg_service.adapters.sqlite.rows.insights import INTO
from ecg_service.adapters.sqlite.rows.sealed import UNREADABLE, select
from ecg_service.domain.errors import Damaged
from ecg_service.domain.insights import InsightRecord

POSITION = """
    SELECT position, checksum FROM backfills WHERE name = CAST(? AS TEXT) AND version = ?
"""
REWIND = "UPDATE backfills SET position = ?1, checksum = ?2 WHERE position > ?1"
# Reads the index of ids only, not the ECGs.
CANDIDATES = """
    SELECT ecgs.id, CAST(insights.version AS INTEGER)
    FROM ecgs LEFT JOIN insights ON insights.ecg_id = ecgs.id AND insights.name = ?
    WHERE ecgs.id >= ? AND length(ecgs.id) = 16 ORDER BY ecgs.id LIMIT ?
"""
UPSERT = f"INSERT OR REPLACE {INTO}"
SET_POSITION = """
    INSERT OR REPLACE INTO backfills (name, version, position, checksum) VALUES (?, ?, ?, ?)
"""


def backfill(connection: apsw.Connection, name: str, version: int, limit: int) -> Progress:
    """Continue where the last step ended, through at most `BATCH_SIZE` ECGs."""
    start = _position(connection, name, version)
    rows = execute(connection, CANDIDATES, name, start, BATCH_SIZE)
    lacking, seen = first_lacking(rows, version, limit)
    records = [InsightRecord(UUID(bytes=ecg_id), name, version) for ecg_id in lacking]
    execute_many(connection, UPSERT, map(to_row, records))
    if seen:
        execute(connection, SET_POSITION, name, version, *sealed(_after(rows[seen - 1][0])))
    return Progress(len(lacking), finished=seen == len(rows) < BATCH_SIZE)


def rewind(connection: apsw.Connection, ecg_id: bytes) -> None:
    """Let every backfill that is past the id of a new ECG return to it."""
    execute(connection, REWIND, *sealed(ecg_id))


def _position(connection: apsw.Connection, name: str, version: int) -> bytes:
    """Return where the last step ended; a damaged backfill begins anew."""
    with suppress(*UNREADABLE):
        for row in select(connection, POSITION, name, version, damaged=Damaged):
            return unsealed(row, Damaged)[0]
    return b""


def _after(ecg_id: bytes) -> bytes:
    """Return the least value greater than the id."""
    return ecg_id + b"\0"
