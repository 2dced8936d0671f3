"""Converts records of insights to rows and back."""

import logging
from collections.abc import Iterable, Sequence
from contextlib import suppress
from uuid import UUID

import apsw
import msgspec

from ecg_service.adapters.sqlite.engine.sql import Row, Value, execute, execute_many
from ecg_service.adapters.sqlite.rows.sealed import UNREADABLE, sealed, select, unsealed
from ecg_service.domain.errors import Damaged
from ecg_service.domain.insights import InsightRecord, InsightState, Json

COLUMNS = "ecg_id, name, version, state, attempts, result, error, failures, cut_short, checksum"
INTO = f"INTO insights ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
INSERT = f"INSERT {INTO}"
# Whatever damage has made of a name.
NAME = "CAST(coalesce(name, '') AS BLOB)"
NAMES = f"SELECT {NAME} FROM insights WHERE ecg_id = ? ORDER BY name"  # noqa: S608
ONE = f"""
    SELECT {COLUMNS} FROM insights WHERE ecg_id = ? AND name = CAST(? AS TEXT)
"""  # noqa: S608
ALL = f"SELECT {COLUMNS} FROM insights WHERE ecg_id = ? ORDER BY name"  # noqa: S608

DAMAGED = "the stored insight is damaged"

logger = logging.getLogger(__name__)

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


def to_record(row: Row) -> InsightRecord:
    """Return the record, or raise `Damaged`."""
    values = unsealed(row, Damaged)
    ecg_id, name, version, state, attempts, result, error, failures, cut_short = values
    return InsightRecord(
        ecg_id=UUID(bytes=ecg_id),
        name=name,
        version=version,
        state=InsightState(state),
        attempts=attempts,
        result=None if result is None else _decode(result),
        error=error,
        failures=failures,
        cut_short=cut_short,
    )


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
        select_record(connection, ecg_id, name) or _damaged(ecg_id, name)
        for name in select_names(connection, ecg_id)
    ]


def _damaged(ecg_id: UUID, name: bytes) -> InsightRecord:
    logger.error("an insight of ECG %s is damaged", ecg_id)
    shown = name.decode(errors="replace")
    return InsightRecord(ecg_id, shown, 0, InsightState.FAILED, error=DAMAGED)


def insert_records(connection: apsw.Connection, records: Iterable[InsightRecord]) -> None:
    """Insert the first records of insights of stored ECGs."""
    execute_many(connection, INSERT, map(to_row, records))


def to_row(record: InsightRecord) -> tuple[Value, ...]:
    return sealed(
        record.ecg_id.bytes,
        record.name,
        record.version,
        record.state.value,
        record.attempts,
        _text(record.result),
        record.error,
        record.failures,
        record.cut_short,
    )


def _text(result: Json) -> str | None:
    """Return a result as JSON text, or NULL if there is none."""
    return None if result is None else _encode(result).decode()
