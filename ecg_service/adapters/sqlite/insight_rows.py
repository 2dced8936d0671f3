"""How the state of an insight becomes a row and back."""

from collections.abc import Iterable
from uuid import UUID

import apsw
import msgspec

from ecg_service.adapters.sqlite.engine.sql import run, run_many
from ecg_service.domain.insights import InsightRecord, InsightState, Json

INSERT = """
    INSERT INTO insights (ecg_id, name, version, state, attempts, result, error)
    VALUES (?, ?, ?, ?, ?, ?, ?)
"""
OF_ECG = """
    SELECT ecg_id, name, version, state, attempts, result, error
    FROM insights WHERE ecg_id = ? ORDER BY name
"""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


def to_json(result: Json) -> str | None:
    """Return the JSON text of a result; that of no result is NULL."""
    return None if result is None else _encode(result).decode()


def to_record(row: tuple[bytes, str, int, str, int, str | None, str | None]) -> InsightRecord:
    ecg_id, name, version, state, attempts, result, error = row
    return InsightRecord(
        ecg_id=UUID(bytes=ecg_id),
        name=name,
        version=version,
        state=InsightState(state),
        attempts=attempts,
        result=None if result is None else _decode(result),
        error=error,
    )


def records_of(connection: apsw.Connection, ecg_id: UUID) -> list[InsightRecord]:
    """Read the insights of an ECG in order of name."""
    return [to_record(row) for row in run(connection, OF_ECG, ecg_id.bytes)]


def insert_records(connection: apsw.Connection, records: Iterable[InsightRecord]) -> None:
    """Store new insights of stored ECGs."""
    run_many(connection, INSERT, map(_to_row, records))


def _to_row(record: InsightRecord) -> tuple[bytes | str | int | None, ...]:
    return (
        record.ecg_id.bytes,
        record.name,
        record.version,
        record.state.value,
        record.attempts,
        to_json(record.result),
        record.error,
    )
