"""Checks a file for damage, with or without a running service."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import apsw

from ecg_service.adapters.sqlite.ecg_rows import COLUMNS, OWNER, to_ecg
from ecg_service.adapters.sqlite.engine.connections import open_reader
from ecg_service.adapters.sqlite.engine.errors import reason, translate_errors
from ecg_service.adapters.sqlite.engine.limits import Limits
from ecg_service.adapters.sqlite.engine.sql import execute
from ecg_service.domain.errors import DamagedEcg
from ecg_service.ports.store import VerifyBlob

BATCH_SIZE = 100
"""Keys read per statement; between two statements the write-ahead log can restart."""

NEXT = "SELECT pk, hex(id) FROM ecgs NOT INDEXED WHERE pk > ? ORDER BY pk LIMIT ?"
ROW = f"SELECT {COLUMNS} FROM ecgs NOT INDEXED WHERE pk = ?"  # noqa: S608
BLOB = "SELECT blob FROM ecgs WHERE pk = ?"


def check(path: Path, verify: VerifyBlob | None = None) -> Iterator[str]:
    """Yield each problem of the file, with its place, as a sentence.

    Raises `StorageUnavailable` if the file cannot be opened at all.
    """
    with translate_errors():
        try:
            with closing(open_reader(path, Limits())) as connection:
                yield from _problems(connection, verify)
        except (apsw.CorruptError, apsw.NotADBError, apsw.SQLError) as error:
            yield f"file: {reason(error)}; what comes after could not be checked"


def _problems(connection: apsw.Connection, verify: VerifyBlob | None) -> Iterator[str]:
    for (problem,) in execute(connection, "PRAGMA integrity_check"):
        if problem != "ok":
            yield f"file: {problem}"
    for table, pk, parent, _ in execute(connection, "PRAGMA foreign_key_check"):
        yield f"{table} row {pk}: belongs to a row of {parent} that is not there"
    for pk, ecg_id in _keys(connection):
        for problem in _problems_of(connection, pk, verify):
            yield f"ecgs row {pk}, id {ecg_id}: {problem}"


def _keys(connection: apsw.Connection) -> Iterator[tuple[int, str]]:
    last = 0
    while keys := execute(connection, NEXT, last, BATCH_SIZE):
        yield from ((pk, ecg_id) for pk, ecg_id in keys)
        last = keys[-1][0]


def _problems_of(connection: apsw.Connection, pk: int, verify: VerifyBlob | None) -> Iterator[str]:
    try:
        for row in execute(connection, ROW, pk):
            to_ecg(row, row[OWNER])
        if verify is not None:
            for (blob,) in execute(connection, BLOB, pk):
                verify(blob)
    except (DamagedEcg, UnicodeDecodeError) as error:
        yield str(error)
