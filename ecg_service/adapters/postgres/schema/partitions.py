"""A partition for each month, made some months before: ids are UUIDv7, which begin with the time."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime

from ecg_service.adapters.postgres.engine.sql import Connection, PostgresError
from ecg_service.domain.ids import least_id

PARTITIONED = ("ecgs", "insights")
MONTHS = 3
"""This one and the next ones."""

NOW = "SELECT now()"
IS_THERE = "SELECT to_regclass($1) IS NOT NULL"
# Until it is granted, nothing else gets to the table: rather try again later.
PATIENCE = "SET LOCAL lock_timeout = '1s'"
NANOSECONDS = 1_000_000_000

logger = logging.getLogger(__name__)


async def make_partitions(connection: Connection) -> None:
    """Make the missing partitions of this and the next months, each by itself.

    ECGs of a month without one are stored all the same, among the others.
    """
    now: datetime = await connection.fetchval(NOW)
    for first, after in months(now.astimezone(UTC)):
        for table in PARTITIONED:
            name = f"{table}_{first:%Y_%m}"
            if not await connection.fetchval(IS_THERE, name):
                await _make(connection, name, table, first, after)


async def _make(
    connection: Connection, name: str, table: str, first: datetime, after: datetime
) -> None:
    statement = (
        f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF {table}"
        f" FOR VALUES FROM ('{_least(first)}') TO ('{_least(after)}')"
    )
    try:
        await connection.execute(f"BEGIN; {PATIENCE}; {statement}; COMMIT")
    except PostgresError as error:
        await connection.execute("ROLLBACK")
        logger.warning("partition %s was not made: %s", name, type(error).__name__)


def months(now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the beginning and the end of each month."""
    first = datetime(now.year, now.month, 1, tzinfo=UTC)
    for _ in range(MONTHS):
        year, month = divmod(first.year * 12 + first.month, 12)
        after = datetime(year, month + 1, 1, tzinfo=UTC)
        yield first, after
        first = after


def _least(moment: datetime) -> object:
    return least_id(int(moment.timestamp()) * NANOSECONDS)
