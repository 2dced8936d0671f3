"""Checks a file for damage, with or without a running service."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import apsw

from ecg_service.adapters.sqlite.backfill import POSITION
from ecg_service.adapters.sqlite.ecg_rows import BLOB_COLUMNS, COLUMNS, OWNER, to_blob, to_ecg
from ecg_service.adapters.sqlite.engine.connections import open_reader
from ecg_service.adapters.sqlite.engine.errors import reason, translate_errors
from ecg_service.adapters.sqlite.engine.limits import Limits
from ecg_service.adapters.sqlite.engine.sql import Row, execute
from ecg_service.adapters.sqlite.insight_rows import ONE, to_record
from ecg_service.adapters.sqlite.rows import select, unsealed
from ecg_service.adapters.sqlite.users import GET, PAGE, shown, to_user
from ecg_service.domain.errors import Damaged, DamagedEcg, DamagedUser
from ecg_service.ports.store import Checked, VerifyBlob

BATCH_SIZE = 100
"""Keys read per statement; between two statements the write-ahead log can restart."""

ROW = f"SELECT {COLUMNS} FROM ecgs NOT INDEXED WHERE pk = ?"  # noqa: S608
BLOB = f"SELECT {BLOB_COLUMNS} FROM ecgs WHERE pk = ?"  # noqa: S608


def check(
    path: Path, verify: VerifyBlob | None = None, checked: Checked | None = None
) -> Iterator[str]:
    """Yield each problem of the file, with its place, as a sentence.

    Raises `StorageUnavailable` if the file cannot be opened at all.
    """
    with translate_errors():
        try:
            with closing(open_reader(path, Limits())) as connection:
                yield from _problems(connection, _Check(connection, verify, checked or Checked()))
        except (apsw.CorruptError, apsw.NotADBError, apsw.SQLError, UnicodeDecodeError) as error:
            yield f"file: {reason(error)}; what comes after could not be checked"


class _Check(NamedTuple):
    """Reads rows by their keys, and raises `Damaged` for those that are."""

    connection: apsw.Connection
    verify: VerifyBlob | None
    checked: Checked

    def user(self, name: bytes) -> None:
        for row in select(self.connection, GET, name, damaged=DamagedUser):
            self.checked.users += 1
            to_user(row)

    def ecg(self, pk: int, _: str) -> None:
        for row in select(self.connection, ROW, pk, damaged=DamagedEcg):
            self.checked.ecgs += 1
            ecg = to_ecg(row, row[OWNER])
            for stored in select(self.connection, BLOB, pk, damaged=DamagedEcg):
                blob = to_blob(stored, ecg.id)
                self.checked.samples += self.verify(blob) if self.verify else 0

    def insight(self, ecg_id: bytes, name: bytes) -> None:
        for row in select(self.connection, ONE, ecg_id, name, damaged=Damaged):
            self.checked.insights += 1
            to_record(row)

    def backfill(self, name: bytes, version: int) -> None:
        for row in select(self.connection, POSITION, name, version, damaged=Damaged):
            unsealed(row, Damaged)


def _shown_insight(ecg_id: bytes, name: bytes) -> str:
    return f"{shown(name)} of ECG {ecg_id.hex().upper()}"


def _shown_backfill(name: bytes, version: int) -> str:
    return f"{shown(name)} {version}"


class _Table(NamedTuple):
    """Which keys follow a key, the least key, how a key is shown, and how its row is checked."""

    name: str
    following: str
    least: Row
    shown: Callable[..., str]
    check: Callable[..., None]


TABLES = (
    _Table("users", PAGE, (b"",), shown, _Check.user),
    _Table(
        "ecgs",
        "SELECT pk, hex(id) FROM ecgs NOT INDEXED WHERE pk > ? ORDER BY pk LIMIT ?",
        (0,),
        "{}, id {}".format,
        _Check.ecg,
    ),
    _Table(
        "insights",
        "SELECT ecg_id, CAST(name AS BLOB) FROM insights"
        " WHERE (ecg_id, name) > (?, CAST(? AS TEXT)) ORDER BY ecg_id, name LIMIT ?",
        (b"", b""),
        _shown_insight,
        _Check.insight,
    ),
    _Table(
        "backfills",
        "SELECT CAST(name AS BLOB), version FROM backfills"
        " WHERE (name, version) > (CAST(? AS TEXT), ?) ORDER BY name, version LIMIT ?",
        (b"", 0),
        _shown_backfill,
        _Check.backfill,
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
    last = table.least
    while keys := execute(connection, table.following, *last, BATCH_SIZE):
        yield from keys
        last = keys[-1][: len(last)]


def _problems_of(table: _Table, check: _Check, key: Row) -> Iterator[str]:
    try:
        table.check(check, *key)
    except Damaged as error:
        yield str(error)
    except apsw.CorruptError as error:
        yield reason(error)
