"""Giving stored ECGs an insight that they lack, a stretch of the table at a time."""

from typing import NamedTuple
from uuid import UUID

import apsw

from ecg_service.adapters.sqlite.engine.sql import Row, run, run_many
from ecg_service.adapters.sqlite.insight_rows import INSERT, to_row
from ecg_service.domain.insights import InsightRecord, is_due

STRETCH = 2_000
"""ECGs looked at in one transaction: a few milliseconds of the writer."""

POSITION = "SELECT position FROM backfills WHERE name = ? AND version = ?"
# The index of ids alone is read, not the ECGs.
LOOK = """
    SELECT ecgs.id, insights.version
    FROM ecgs LEFT JOIN insights ON insights.ecg_id = ecgs.id AND insights.name = ?
    WHERE ecgs.id >= ? ORDER BY ecgs.id LIMIT ?
"""
GIVE = f"""
    {INSERT}
    ON CONFLICT (ecg_id, name) DO UPDATE SET version = excluded.version, state = excluded.state,
        attempts = excluded.attempts, result = excluded.result, error = excluded.error
"""
REMEMBER = """
    INSERT INTO backfills (name, version, position) VALUES (?, ?, ?)
    ON CONFLICT (name, version) DO UPDATE SET position = excluded.position
"""


class Progress(NamedTuple):
    """How many ECGs one step gave the insight, and whether it came to the end of the table."""

    made: int
    finished: bool


def backfill(connection: apsw.Connection, name: str, version: int, limit: int) -> Progress:
    """Go on from where the last step ended, through at most one stretch."""
    start = _position(connection, name, version)
    rows = run(connection, LOOK, name, start, STRETCH)
    lacking, seen = _first_lacking(rows, version, limit)
    run_many(connection, GIVE, [to_row(InsightRecord(i, name, version)) for i in lacking])
    if seen:
        run(connection, REMEMBER, name, version, _after(rows[seen - 1][0]))
    return Progress(len(lacking), finished=seen == len(rows) < STRETCH)


def _position(connection: apsw.Connection, name: str, version: int) -> bytes:
    rows = run(connection, POSITION, name, version)
    return rows[0][0] if rows else b""


def _first_lacking(rows: list[Row], version: int, limit: int) -> tuple[list[UUID], int]:
    """Return the ECGs that lack the version, at most `limit`, and how many rows they are among."""
    lacking: list[UUID] = []
    for seen, (ecg_id, stored) in enumerate(rows):
        if len(lacking) == limit:
            return lacking, seen
        if is_due(stored, version):
            lacking.append(UUID(bytes=ecg_id))
    return lacking, len(rows)


def _after(ecg_id: bytes) -> bytes:
    """Return the least value greater than the id."""
    return ecg_id + b"\0"
