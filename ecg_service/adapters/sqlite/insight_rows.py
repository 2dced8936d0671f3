"""Converts records of insights to rows and back."""

from collections.abc import Iterable
from uuid import UUID

import apsw
import msgspec

from ecg_service.adapters.sqlite.engine.sql import Row, Value, execute, execute_many
from ecg_service.domain.insights import InsightRecord, InsightState, Json

COLUMNS = "ecg_id, name, version, state, attempts, result, error, failures, cut_short"
INSERT = f"INSERT INTO insights ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
OF_ECG = f"SELECT {COLUMNS} FROM insights WHERE ecg_id = ? ORDER BY name"  # noqa: S608

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


def to_record(row: Row) -> InsightRecord:
    ecg_id, name, version, state, attempts, result, error, failures, cut_short = row
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


def select_records(connection: apsw.Connection, ecg_id: UUID) -> list[InsightRecord]:
    """Read the insights of an ECG in order of name."""
    return [to_record(row) for row in execute(connection, OF_ECG, ecg_id.bytes)]


def insert_records(connection: apsw.Connection, records: Iterable[InsightRecord]) -> None:
    """Insert the first records of insights of stored ECGs."""
    execute_many(connection, INSERT, map(to_row, records))


def to_row(record: InsightRecord) -> tuple[Value, ...]:
    return (
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
