"""Reads and changes insights by the batch: in two statements, however many there are."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from ecg_service.adapters.postgres.engine.sql import Connection, Record
from ecg_service.adapters.postgres.tables import INSIGHTS
from ecg_service.adapters.rows.insights import damaged_record, to_record, to_row
from ecg_service.domain.errors import Damaged
from ecg_service.domain.insights import InsightRecord

PUT = """
    UPDATE insights SET version = $3, state = $4, attempts = $5, result = $6, error = $7,
        failures = $8, cut_short = $9, checksum = $10
    WHERE ecg_id = $1 AND name = $2
"""


def read_record(row: Record) -> InsightRecord:
    """Return the insight, or raise `Damaged`."""
    return to_record(INSIGHTS.read(row, Damaged))


def to_records(rows: Iterable[Record], *, all_of: bool) -> Iterator[InsightRecord]:
    """Yield the insights; damaged ones have failed or, unless `all_of` them are asked for, are left out."""
    for row in rows:
        try:
            yield read_record(row)
        except Damaged:
            if all_of:
                ecg_id, name, *_ = row
                yield damaged_record(UUID(bytes=ecg_id.bytes), name)


async def put_records(connection: Connection, records: Iterable[InsightRecord]) -> None:
    """Store what has become of insights; asyncpg sends all in one round trip."""
    if rows := [INSIGHTS.stored(to_row(record)) for record in records]:
        await connection.executemany(PUT, rows)
