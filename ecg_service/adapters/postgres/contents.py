"""Reads all that a database holds, and fills an empty one, by rows that every store has."""

from collections.abc import AsyncGenerator, AsyncIterator, Generator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from typing import NamedTuple

from ecg_service.adapters.postgres.check import problems
from ecg_service.adapters.postgres.ecgs import RENEW_GENERATION
from ecg_service.adapters.postgres.engine.blocking import iterate, run
from ecg_service.adapters.postgres.engine.connections import session
from ecg_service.adapters.postgres.engine.errors import translate_errors
from ecg_service.adapters.postgres.engine.limits import Limits
from ecg_service.adapters.postgres.engine.paging import pages
from ecg_service.adapters.postgres.engine.presence import ALONE
from ecg_service.adapters.postgres.engine.sql import Connection, Record, connect
from ecg_service.adapters.postgres.schema.migrations import MIGRATION_SECONDS, require_current
from ecg_service.adapters.postgres.tables import (
    AUDIT_BLOCKS,
    AUDIT_CUTS,
    AUDIT_NAMES,
    ECGS,
    GRANTS,
    IDENTITIES,
    INSIGHTS,
    KEYS,
    USERS,
    Table,
)
from ecg_service.adapters.rows.batches import size_of
from ecg_service.adapters.rows.ecgs import BLOB_COLUMNS
from ecg_service.domain.errors import Conflict, Damaged, StorageUnavailable
from ecg_service.ports.copies import Contents, Copying, Row
from ecg_service.ports.store import Checked

SIZE = "SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree('ecgs')"
SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_ALL = "users, identities, ecgs, client_ids, insights, idempotency_keys, grants, audit_blocks, audit_cuts, audit_names"
# Nobody may store or change anything, or take anything for stored, before all of it is.
LOCKED = f"BEGIN; LOCK TABLE {_ALL} IN EXCLUSIVE MODE"
EMPTIED = f"BEGIN; TRUNCATE {_ALL}, backfills; {RENEW_GENERATION}"
IS_EMPTY = """
    SELECT NOT EXISTS (SELECT FROM users) AND NOT EXISTS (SELECT FROM ecgs)
    AND NOT EXISTS (SELECT FROM idempotency_keys)
    AND NOT EXISTS (SELECT FROM audit_blocks)
"""
CLIENT_IDS = """
    INSERT INTO client_ids (owner, client_id, ecg_id)
    SELECT owner, client_id, id FROM ecgs WHERE client_id IS NOT NULL
"""
# Of a process that is not there any more: the next start makes it pending.
LEFT_RUNNING = "UPDATE insights SET claimed_at = 0 WHERE state = 'running'"


class _Read(NamedTuple):
    """A table, by which of its first columns it is read some rows at a time, and how many."""

    table: Table
    key: tuple[str, ...]
    limit: int
    more: str = ""


TABLES = {
    one.table.name: one
    for one in (
        _Read(USERS, ("name",), 500),
        _Read(IDENTITIES, ("issuer", "subject"), 500),
        _Read(ECGS, ("id",), 50, f", {BLOB_COLUMNS}"),
        _Read(INSIGHTS, ("ecg_id", "name"), 500),
        _Read(KEYS, ("owner", "key"), 500),
        _Read(GRANTS, ("id",), 500),
        _Read(AUDIT_BLOCKS, ("chain", "number"), 500),
        _Read(AUDIT_CUTS, ("chain",), 500),
        _Read(AUDIT_NAMES, ("name",), 500),
    )
}


@contextmanager
def contents(url: str, limits: Limits) -> Generator[Contents]:
    """Yield what a database holds, in one snapshot."""
    with closing(iterate(lambda: _batches(url, limits))) as batches:
        yield Contents(run(_size(url, limits)), batches)


async def _size(url: str, limits: Limits) -> int:
    async with _connected(url, limits) as connection:
        await require_current(connection)
        return int(await connection.fetchval(SIZE))


async def _batches(url: str, limits: Limits) -> AsyncIterator[tuple[str, Sequence[Row]]]:
    async with _connected(url, limits) as connection:
        await connection.execute(SNAPSHOT)
        for name, read in TABLES.items():
            columns = read.table.columns + read.more
            reading = pages(connection, name, columns, key=read.key, size=read.limit)
            async for records in reading:
                yield name, [_row(read.table, record) for record in records]


def _row(table: Table, record: Record) -> Row:
    width = len(table.names)
    return (*table.read(record[:width], Damaged), *record[width:])


def fill(
    url: str, limits: Limits, contents: Contents, copying: Copying, *, replace: bool = False
) -> Checked:
    """Store all of it, in the place of what is there or of nothing, in one transaction that ends when it is checked."""
    return run(_fill(url, limits, contents, copying, replace=replace))


async def _fill(
    url: str, limits: Limits, contents: Contents, copying: Copying, *, replace: bool
) -> Checked:
    async with _connected(url, limits) as connection:
        await require_current(connection)
        await _require_room(connection, replace=replace)
        done = 0
        for name, rows in contents.batches:
            await _insert(connection, name, rows)
            done += sum(map(size_of, rows))
            copying.report("copying", min(done, contents.size), contents.size)
        for statement in (CLIENT_IDS, LEFT_RUNNING):
            await connection.execute(statement)
        checked = await _verified(connection, copying)
        await connection.execute("COMMIT")
        return checked


async def _require_room(connection: Connection, *, replace: bool) -> None:
    """Begin a transaction in which the database is empty, and nobody else has it."""
    if not (replace or await connection.fetchval(IS_EMPTY)):
        raise Conflict("what the database holds exists already: only an empty one is filled")
    if not await connection.fetchval(ALONE):
        raise StorageUnavailable("the database is in use by a running service")
    await connection.execute(EMPTIED if replace else LOCKED)
    if not await connection.fetchval(IS_EMPTY):
        raise Conflict("somebody else fills the database")


async def _insert(connection: Connection, name: str, rows: Sequence[Row]) -> None:
    table = TABLES[name].table
    width = len(table.names)
    records = [(*table.stored(row[:width]), *row[width:]) for row in rows]
    columns = table.names if name != "ecgs" else [*table.names, *BLOB_COLUMNS.split(", ")]
    await connection.copy_records_to_table(table.name, records=records, columns=columns)


async def _verified(connection: Connection, copying: Copying) -> Checked:
    checked, found = Checked(), 0
    async for problem in problems(connection, copying.verify_blob, checked):
        found += 1
        copying.tell_damage(problem)
    copying.require_sound(found)
    return checked


@asynccontextmanager
async def _connected(url: str, limits: Limits) -> AsyncGenerator[Connection]:
    settings = session(MIGRATION_SECONDS)
    with translate_errors(url):
        connection = await connect(url, settings, seconds=limits.connect_seconds)
        try:
            yield connection
        finally:
            connection.terminate()
