"""Giving stored ECGs an insight that they lack, a stretch of the table at a time."""

from typing import NamedTuple

import apsw

from ecg_service.adapters.sqlite.engine.sql import run, run_many

STRETCH = 2_000
"""ECGs looked at in one transaction: a few milliseconds of the writer."""

POSITION = "SELECT position FROM backfills WHERE name = ? AND version = ?"
# The index of ids alone is read, not the ECGs.
LOOK = """
    SELECT ecgs.id, coalesce(insights.version >= ?1, 0)
    FROM ecgs LEFT JOIN insights ON insights.ecg_id = ecgs.id AND insights.name = ?2
    WHERE ecgs.id >= ?3 ORDER BY ecgs.id LIMIT ?4
"""
GIVE = """
    INSERT INTO insights (ecg_id, name, version, state, attempts) VALUES (?, ?, ?, 'pending', 0)
    ON CONFLICT (ecg_id, name) DO UPDATE SET version = excluded.version, state = 'pending',
        attempts = 0, result = NULL, error = NULL
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
    rows = run(connection, LOOK, version, name, start, STRETCH)
    lacking, seen = _first_lacking(rows, limit)
    run_many(connection, GIVE, [(ecg_id, name, version) for ecg_id in lacking])
    if seen:
        run(connection, REMEMBER, name, version, _after(rows[seen - 1][0]))
    return Progress(len(lacking), finished=seen == len(rows) < STRETCH)


def _position(connection: apsw.Connection, name: str, version: int) -> bytes:
    rows = run(connection, POSITION, name, version)
    return rows[0][0] if rows else b""


def _first_lacking(rows: list[tuple[bytes, int]], limit: int) -> tuple[list[bytes], int]:
    """Return the ids without the insight, at most `limit`, and how many rows they were among."""
    lacking: list[bytes] = []
    for seen, (ecg_id, has_it) in enumerate(rows):
        if len(lacking) == limit:
            return lacking, seen
        if not has_it:
            lacking.append(ecg_id)
    return lacking, len(rows)


def _after(ecg_id: bytes) -> bytes:
    """Return the least value greater than the id."""
    return ecg_id + b"\0"
