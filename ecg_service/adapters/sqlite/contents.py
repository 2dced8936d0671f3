"""Reads all that a database holds, and fills an empty one, by rows that every store has."""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple, cast
from uuid import UUID

import apsw

from ecg_service.adapters.rows import audit, ecgs, grants, identities, insights, keys, users
from ecg_service.adapters.rows.batches import batched, size_of
from ecg_service.adapters.rows.ecgs import BLOB_COLUMNS
from ecg_service.adapters.sqlite.adding import INSERT as INSERT_ECG
from ecg_service.adapters.sqlite.audit import INSERT_NAME, PUT_CUT
from ecg_service.adapters.sqlite.backup import make_whole, migrate_alone
from ecg_service.adapters.sqlite.engine.connections import open_reader, open_writer
from ecg_service.adapters.sqlite.engine.errors import translate_errors
from ecg_service.adapters.sqlite.engine.limits import Limits
from ecg_service.adapters.sqlite.engine.sql import execute, execute_many
from ecg_service.adapters.sqlite.engine.trail import INSERT as INSERT_AUDIT
from ecg_service.adapters.sqlite.engine.writer import transaction
from ecg_service.adapters.sqlite.grants import INSERT as INSERT_GRANT
from ecg_service.adapters.sqlite.identities import ADD as INSERT_IDENTITY
from ecg_service.adapters.sqlite.rows.insights import INSERT as INSERT_INSIGHT
from ecg_service.adapters.sqlite.rows.keys import INSERT as INSERT_KEY
from ecg_service.adapters.sqlite.rows.parts import Blob, first_part, insert_parts, parts_of
from ecg_service.adapters.sqlite.schema.migrations import leave_wal, require_current
from ecg_service.adapters.sqlite.users import ADD as INSERT_USER
from ecg_service.domain.errors import Damaged
from ecg_service.ports.copies import Contents, Copying, Row
from ecg_service.ports.store import Checked

# Of a process that is not there any more: the next start makes it pending.
LEFT_RUNNING = "UPDATE insights SET claimed_at = 0 WHERE state = 'running'"


class _Table(NamedTuple):
    """The columns that are copied, in which order their rows are read, and how they are inserted."""

    columns: str
    order: str
    insert: str


_ECG_COLUMNS = f"{ecgs.COLUMNS}, {BLOB_COLUMNS}"
TABLES = {
    "users": _Table(users.COLUMNS, "name", INSERT_USER),
    "identities": _Table(identities.COLUMNS, "issuer, subject", INSERT_IDENTITY),
    "ecgs": _Table(_ECG_COLUMNS, "id", INSERT_ECG),
    "insights": _Table(insights.COLUMNS, "ecg_id, name", INSERT_INSIGHT),
    "idempotency_keys": _Table(keys.COLUMNS, "owner, key", INSERT_KEY),
    "grants": _Table(grants.COLUMNS, "id", INSERT_GRANT),
    "audit_blocks": _Table(audit.COLUMNS, "chain, number", INSERT_AUDIT),
    "audit_cuts": _Table(audit.CUT_COLUMNS, "chain", PUT_CUT),
    "audit_names": _Table(audit.NAME_COLUMNS, "name", INSERT_NAME),
}


@contextmanager
def contents(path: Path) -> Generator[Contents]:
    """Yield what a file holds, in one snapshot."""
    require_current(path)
    with translate_errors(), closing(open_reader(path, Limits())) as connection:
        execute(connection, "BEGIN")
        yield Contents(path.stat().st_size, _batches(connection))


def _batches(connection: apsw.Connection) -> Iterator[tuple[str, Sequence[Row]]]:
    for name, table in TABLES.items():
        whole: Callable[[Row], Row] = _whole(connection) if name == "ecgs" else lambda row: row
        try:
            statement = f"SELECT {table.columns} FROM {name} ORDER BY {table.order}"  # noqa: S608
            for rows in batched(map(whole, execute(connection, statement))):
                yield name, rows
        except UnicodeDecodeError as error:
            raise Damaged(f"a text of {name} is not UTF-8: `ecg db check` tells which") from error


def _whole(connection: apsw.Connection) -> Callable[[Row], Row]:
    def whole(row: Row) -> Row:
        ecg_id, *columns, blob, checksum = row
        packed = Blob(connection, UUID(bytes=ecg_id), blob)  # pyright: ignore[reportArgumentType]
        return (ecg_id, *columns, packed.whole(), checksum)

    return whole


def fill(path: Path, contents: Contents, copying: Copying) -> Checked:
    """Make a new file of it, which has its name when it is whole and checked."""

    def make(partial: Path) -> None:
        migrate_alone(partial)
        with translate_errors(), closing(open_writer(partial, Limits())) as connection:
            _fill(connection, contents, copying)
        leave_wal(partial)

    return make_whole(path, make, copying)


def _fill(connection: apsw.Connection, contents: Contents, copying: Copying) -> None:
    done = 0
    for name, rows in contents.batches:
        with transaction(connection):
            _insert(connection, name, rows)
        done += sum(map(size_of, rows))
        copying.report("copying", min(done, contents.size), contents.size)
    execute(connection, LEFT_RUNNING)


def _insert(connection: apsw.Connection, name: str, rows: Sequence[Row]) -> None:
    if name != "ecgs":
        return execute_many(connection, TABLES[name].insert, rows)
    for ecg_id, *columns, blob, checksum in cast("Sequence[tuple[Any, ...]]", rows):
        execute(connection, INSERT_ECG, ecg_id, *columns, first_part(blob), checksum)
        for parts in parts_of(UUID(bytes=ecg_id), blob):
            insert_parts(connection, parts)
    return None
