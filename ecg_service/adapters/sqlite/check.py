"""Checks a file for damage, with or without a running service."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import apsw

from ecg_service.adapters.rows.audit import rows_linked, to_block
from ecg_service.adapters.rows.ecgs import BLOB_COLUMNS, COLUMNS, OWNER, to_blob, to_ecg
from ecg_service.adapters.rows.grants import to_grant
from ecg_service.adapters.rows.identities import to_name
from ecg_service.adapters.rows.insights import to_record
from ecg_service.adapters.rows.keys import to_named
from ecg_service.adapters.rows.sealed import unsealed
from ecg_service.adapters.rows.shown import shown, shown_of_owner, shown_version
from ecg_service.adapters.rows.users import to_user
from ecg_service.adapters.sqlite.audit import ONE as ONE_AUDITED
from ecg_service.adapters.sqlite.backfill import POSITION
from ecg_service.adapters.sqlite.engine.connections import open_reader
from ecg_service.adapters.sqlite.engine.errors import reason, translate_errors
from ecg_service.adapters.sqlite.engine.limits import Limits
from ecg_service.adapters.sqlite.engine.sql import Row, execute
from ecg_service.adapters.sqlite.grants import GET as ONE_GRANT
from ecg_service.adapters.sqlite.identities import GET as GET_IDENTITY
from ecg_service.adapters.sqlite.identities import PAGE as PAGE_OF_IDENTITIES
from ecg_service.adapters.sqlite.rows.insights import NAME, ONE
from ecg_service.adapters.sqlite.rows.keys import ONE as ONE_KEY
from ecg_service.adapters.sqlite.rows.parts import Blob
from ecg_service.adapters.sqlite.rows.sealed import select
from ecg_service.adapters.sqlite.schema.migrations import require_no_earlier
from ecg_service.adapters.sqlite.users import GET, PAGE
from ecg_service.domain.audit.blocks import Link
from ecg_service.domain.errors import Damaged, DamagedEcg, DamagedUser
from ecg_service.ports.copies import VerifyBlob
from ecg_service.ports.store import Checked

BATCH_SIZE = 100
"""Rows read per transaction; between two transactions the write-ahead log can restart."""

STEPS_BETWEEN_SIGNALS = 100_000
"""Of SQLite, which returns to Python that often: a long check can be interrupted."""

ROW = f"SELECT pk, {COLUMNS} FROM ecgs NOT INDEXED WHERE pk = ?"  # noqa: S608
HAS_USER = "SELECT 1 FROM users WHERE name = ?"
BLOB = f"SELECT {BLOB_COLUMNS} FROM ecgs WHERE pk = ?"  # noqa: S608


def check(
    path: Path, verify: VerifyBlob | None = None, checked: Checked | None = None
) -> Iterator[str]:
    """Yield each problem of the file, with its place, as a sentence.

    Raises `StorageUnavailable` if the file cannot be opened at all, or is of an earlier version.
    """
    with translate_errors():
        try:
            with closing(open_reader(path, Limits())) as connection:
                require_no_earlier(connection, path.name)
                connection.set_progress_handler(lambda: False, STEPS_BETWEEN_SIGNALS)
                yield from _problems(connection, _Check(connection, verify, checked or Checked()))
        except (apsw.CorruptError, apsw.NotADBError, apsw.SQLError, UnicodeDecodeError) as error:
            yield f"file: {reason(error)}; what comes after could not be checked"


class _Check(NamedTuple):
    """Counts rows, and raises `Damaged` for those that are."""

    connection: apsw.Connection
    verify: VerifyBlob | None
    checked: Checked

    def user(self, row: Row) -> None:
        self.checked.users += 1
        to_user(row)

    def identity(self, row: Row) -> None:
        if not execute(self.connection, HAS_USER, to_name(row)):
            raise DamagedUser("there is no such user")

    def ecg(self, row: Row) -> None:
        self.checked.ecgs += 1
        pk, *columns = row
        ecg = to_ecg(tuple(columns), columns[OWNER])
        [stored] = select(self.connection, BLOB, pk, damaged=DamagedEcg)
        blob = Blob(self.connection, ecg.id, to_blob(stored, ecg.id)).whole()
        self.checked.samples += self.verify(blob, ecg.num_samples) if self.verify else 0

    def parts(self, row: Row) -> None:
        if not any(row):
            raise Damaged("they belong to no ECG")

    def insight(self, row: Row) -> None:
        self.checked.insights += 1
        to_record(row)

    def backfill(self, row: Row) -> None:
        unsealed(row, Damaged)

    def key(self, row: Row) -> None:
        self.checked.idempotency_keys += 1
        to_named(row)

    def grant(self, row: Row) -> None:
        self.checked.grants += 1
        to_grant(row)

    def audited(self, row: Row) -> None:
        *columns, number, digest = row
        block = to_block(tuple(columns))
        before = None if number is None else Link(block.chain, number, digest)
        self.checked.audit_rows += rows_linked(block, before)


def _shown_insight(ecg_id: bytes, name: bytes) -> str:
    return f"{shown(name)} of ECG {ecg_id.hex().upper()}"


class _Table(NamedTuple):
    """Which keys follow a key, the least key, its row, how both are shown and checked."""

    name: str
    following: str
    least: Row
    row: str
    shown: Callable[..., str]
    check: Callable[[_Check, Row], None]


TABLES = (
    _Table("users", PAGE, (b"",), GET, shown, _Check.user),
    _Table(
        "identities",
        PAGE_OF_IDENTITIES,
        (b"", b""),
        GET_IDENTITY,
        shown_of_owner,
        _Check.identity,
    ),
    _Table(
        "ecgs",
        "SELECT pk, hex(id) FROM ecgs NOT INDEXED WHERE pk > ? ORDER BY pk LIMIT ?",
        (0,),
        ROW,
        "{}, id {}".format,
        _Check.ecg,
    ),
    _Table(
        "ecg_parts",
        "SELECT DISTINCT ecg_id, hex(ecg_id) FROM ecg_parts"
        " WHERE ecg_id > ? ORDER BY ecg_id LIMIT ?",
        (b"",),
        "SELECT EXISTS (SELECT 1 FROM ecgs WHERE id = ?1),"
        " EXISTS (SELECT 1 FROM ecg_leftovers WHERE ecg_id = ?1)",
        "{1}".format,
        _Check.parts,
    ),
    _Table(
        "insights",
        f"SELECT CAST(ecg_id AS BLOB), {NAME} FROM insights"  # noqa: S608
        " WHERE (ecg_id, name) > (?, CAST(? AS TEXT)) ORDER BY ecg_id, name LIMIT ?",
        (b"", b""),
        ONE,
        _shown_insight,
        _Check.insight,
    ),
    _Table(
        "backfills",
        f"SELECT {NAME}, CAST(coalesce(version, 0) AS INTEGER) FROM backfills"  # noqa: S608
        " WHERE (name, version) > (CAST(? AS TEXT), ?) ORDER BY name, version LIMIT ?",
        (b"", 0),
        POSITION,
        shown_version,
        _Check.backfill,
    ),
    _Table(
        "idempotency_keys",
        "SELECT CAST(owner AS BLOB), CAST(key AS BLOB) FROM idempotency_keys"
        " WHERE (owner, key) > (CAST(? AS TEXT), CAST(? AS TEXT)) ORDER BY owner, key LIMIT ?",
        (b"", b""),
        ONE_KEY,
        shown_of_owner,
        _Check.key,
    ),
    _Table(
        "grants",
        "SELECT id, hex(id) FROM grants WHERE id > ? ORDER BY id LIMIT ?",
        (b"",),
        ONE_GRANT,
        "id {1}".format,
        _Check.grant,
    ),
    _Table(
        "audit_blocks",
        "SELECT chain, number, hex(chain) FROM audit_blocks"
        " WHERE (chain, number) > (?, ?) ORDER BY chain, number LIMIT ?",
        (b"", -1),
        ONE_AUDITED,
        "{1} of chain {2}".format,
        _Check.audited,
    ),
)


def _problems(connection: apsw.Connection, check: _Check) -> Iterator[str]:
    for (problem,) in execute(connection, "PRAGMA integrity_check"):
        if problem != "ok":
            yield f"file: {problem}"
    for table, pk, parent, _ in execute(connection, "PRAGMA foreign_key_check"):
        yield f"{table} row {pk}: belongs to a row of {parent} that is not there"
    for table in TABLES:
        for key in _keys(connection, table):
            for problem in _problems_of(table, check, key):
                yield f"{table.name} row {table.shown(*key)}: {problem}"


def _keys(connection: apsw.Connection, table: _Table) -> Iterator[Row]:
    """Yield all keys; of some at a time, the rows are in the same snapshot."""
    last = table.least
    while True:
        execute(connection, "BEGIN")
        keys = execute(connection, table.following, *last, BATCH_SIZE)
        yield from keys
        execute(connection, "ROLLBACK")
        if not keys:
            return
        following = keys[-1][: len(last)]
        if following <= last:
            raise apsw.CorruptError("the keys do not grow")
        last = following


def _problems_of(table: _Table, check: _Check, key: Row) -> Iterator[str]:
    try:
        values = key[: len(table.least)]
        rows = select(check.connection, table.row, *values, damaged=Damaged)
        for row in rows:
            table.check(check, row)
        if not rows:
            yield "it is out of order and cannot be found"
    except Damaged as error:
        yield str(error)
    except apsw.CorruptError as error:
        yield reason(error)
