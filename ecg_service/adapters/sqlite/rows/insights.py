"""The rows of insights."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from uuid import UUID

import apsw

from ecg_service.adapters.rows.insights import COLUMNS, damaged_record, to_record, to_row
from ecg_service.adapters.sqlite.engine.sql import execute, execute_many
from ecg_service.adapters.sqlite.rows.sealed import UNREADABLE, select
from ecg_service.domain.errors import Damaged
from ecg_service.domain.insights import InsightRecord

INTO = f"INTO insights ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
INSERT = f"INSERT {INTO}"
# Whatever damage has made of a name.
NAME = "CAST(coalesce(name, '') AS BLOB)"
NAMES = f"SELECT {NAME} FROM insights WHERE ecg_id = ? ORDER BY name"  # noqa: S608
ONE = f"""
    SELECT {COLUMNS} FROM insights WHERE ecg_id = ? AND name = CAST(? AS TEXT)
"""  # noqa: S608
ALL = f"SELECT {COLUMNS} FROM insights WHERE ecg_id = ? ORDER BY name"  # noqa: S608


def select_names(connection: apsw.Connection, ecg_id: UUID) -> list[bytes]:
    """Read the names of the insights of an ECG, in order."""
    return [name for (name,) in execute(connection, NAMES, ecg_id.bytes)]


def select_record(
    connection: apsw.Connection, ecg_id: UUID, name: str | bytes
) -> InsightRecord | None:
    """Read an insight; return None if there is none, or if it is damaged."""
    with suppress(*UNREADABLE):
        for row in select(connection, ONE, ecg_id.bytes, name, damaged=Damaged):
            return to_record(row)
    return None


def select_records(
    connection: apsw.Connection, ecg_id: UUID, names: Sequence[str] | None = None
) -> list[InsightRecord]:
    """Read the insights of an ECG in order of name; damaged ones have failed.

    Of the named ones, if some are, damaged ones are left out like those that are not there.
    """
    if names is not None:
        return [one for name in names if (one := select_record(connection, ecg_id, name))]
    with suppress(*UNREADABLE):
        return [*map(to_record, select(connection, ALL, ecg_id.bytes, damaged=Damaged))]
    return [
        select_record(connection, ecg_id, name) or damaged_record(ecg_id, name)
        for name in select_names(connection, ecg_id)
    ]


def insert_records(connection: apsw.Connection, records: Iterable[InsightRecord]) -> None:
    """Insert the first records of insights of stored ECGs."""
    execute_many(connection, INSERT, map(to_row, records))
