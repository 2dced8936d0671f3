"""Converts records of insights to rows and back."""

import logging
from uuid import UUID

import msgspec

from ecg_service.adapters.rows.sealed import Row, Value, sealed, unsealed
from ecg_service.domain.errors import Damaged
from ecg_service.domain.ids import id_of
from ecg_service.domain.insights import InsightRecord, InsightState, Json

COLUMNS = "ecg_id, name, version, state, attempts, result, error, failures, cut_short, checksum"

NAME = 1
"""The index of the name among them."""

DAMAGED = "the stored insight is damaged"

logger = logging.getLogger(__name__)

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


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


def to_record(row: Row) -> InsightRecord:
    """Return the record, or raise `Damaged`."""
    values = unsealed(row, Damaged)
    ecg_id, name, version, state, attempts, result, error, failures, cut_short = values
    return InsightRecord(
        ecg_id=id_of(ecg_id),
        name=name,
        version=version,
        state=InsightState(state),
        attempts=attempts,
        result=None if result is None else _decode(result),
        error=error,
        failures=failures,
        cut_short=cut_short,
    )


def damaged_record(ecg_id: UUID, name: bytes) -> InsightRecord:
    """Return what stands for a damaged insight: one that has failed."""
    logger.error("an insight of ECG %s is damaged", ecg_id)
    shown = name.decode(errors="replace")
    return InsightRecord(ecg_id, shown, 0, InsightState.FAILED, error=DAMAGED)


def is_damaged(record: InsightRecord) -> bool:
    """Whether the record stands for a damaged insight."""
    return (record.version, record.error) == (0, DAMAGED)


def _text(result: Json) -> str | None:
    """Return a result as JSON text, or NULL if there is none."""
    return None if result is None else _encode(result).decode()
