"""Opens connections; reads back the pragmas that durability and safety depend on."""

from collections.abc import Mapping
from pathlib import Path

import apsw

from ecg_service.adapters.sqlite.engine.files.private import require_one_name
from ecg_service.adapters.sqlite.engine.limits import Limits
from ecg_service.adapters.sqlite.engine.sql import pragma, set_pragma
from ecg_service.domain.errors import StorageUnavailable

PAGE_SIZE = 16_384
"""Bytes. In large pages a blob of tens of kilobytes is in few pieces."""

FIRST_SAFE_LIBRARY = (3, 51, 3)
"""Earlier ones can lose commits when a checkpoint and a commit race for the write-ahead log."""

COMMON = {
    "trusted_schema": 0,
    "cell_size_check": 1,
    "foreign_keys": 1,
}
WRITING = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: a commit returns once the log is on disk
    "fullfsync": 1,  # macOS: past the cache of the drive too
    "checkpoint_fullfsync": 1,
    "secure_delete": 1,  # medical records: deleted content is overwritten
}


def require_safe_library(version: str) -> None:
    """Raise `StorageUnavailable` for a SQLite library that may lose commits."""
    if tuple(map(int, version.split("."))) < FIRST_SAFE_LIBRARY:
        safe = ".".join(map(str, FIRST_SAFE_LIBRARY))
        raise StorageUnavailable(f"SQLite {version} can lose commits: {safe} or later is needed")


def open_writer(path: Path, limits: Limits) -> apsw.Connection:
    """Open an existing database for durable writes in WAL mode."""
    connection = _open(path, apsw.SQLITE_OPEN_READWRITE, limits)
    _set(connection, WRITING)
    # The writer checkpoints by itself, after the commit that crosses the limit.
    connection.wal_autocheckpoint(0)
    set_pragma(connection, "journal_size_limit", limits.wal_bytes)
    if limits.max_bytes is not None:
        set_pragma(connection, "max_page_count", max(1, limits.max_bytes // PAGE_SIZE))
    pragma(connection, "schema_version")  # opens the log too
    return connection


def open_reader(path: Path, limits: Limits) -> apsw.Connection:
    """Open an existing database for reading only."""
    connection = _open(path, apsw.SQLITE_OPEN_READONLY, limits)
    _set(connection, {"query_only": 1})
    return connection


def _open(path: Path, mode: int, limits: Limits) -> apsw.Connection:
    require_one_name(path)
    connection = apsw.Connection(str(path), mode)
    connection.set_busy_timeout(int(limits.busy_seconds * 1000))
    connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
    connection.config(apsw.SQLITE_DBCONFIG_DQS_DML, 0)
    set_pragma(connection, "cache_size", -limits.cache_bytes // 1024)
    _set(connection, COMMON)
    return connection


def _set(connection: apsw.Connection, pragmas: Mapping[str, int | str]) -> None:
    for name, value in pragmas.items():
        set_pragma(connection, name, value)
        if pragma(connection, name) != value:
            connection.close()
            raise StorageUnavailable(f"SQLite refuses {name}={value}")
