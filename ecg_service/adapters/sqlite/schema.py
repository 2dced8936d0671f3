"""The tables, and how a file comes to have them."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import apsw
from sqlite_utils import Database, Migrations

from ecg_service.adapters.sqlite.engine.connections import PAGE_SIZE
from ecg_service.adapters.sqlite.engine.errors import translated
from ecg_service.adapters.sqlite.engine.lock import owned
from ecg_service.adapters.sqlite.engine.sql import run, set_pragma
from ecg_service.adapters.sqlite.tables import TABLES
from ecg_service.domain.errors import StorageUnavailable

SET = "ecg_service"
APPLIED = f"SELECT name FROM {Migrations.migrations_table} WHERE migration_set = ?"  # noqa: S608

PATIENCE = 1_000
"""Milliseconds to wait for another process that opens or closes the file."""


def create_tables(db: Database) -> None:
    """Create what the first version of the service needs."""
    for statement in TABLES:
        db.conn.execute(statement)


STEPS: tuple[Callable[[Database], None], ...] = (create_tables,)
"""In order; a published step never changes, a change of the schema is a new step."""


def migrate(path: Path) -> list[str]:
    """Give the file, which need not exist, the schema of this version of the service.

    Returns the names of the steps that were missing. Everything is done in one transaction, so
    that a migration killed half-way has done nothing.
    Raises `StorageUnavailable` if there is work to do while a service or a command has the file.
    """
    if not missing_steps(path):
        return []
    with owned(path):
        missing = missing_steps(path)
        if missing:
            _leave_wal(path)
            _apply(path)
        return missing


def require_current(path: Path) -> None:
    """Raise `StorageUnavailable` if the file needs a migration first."""
    if missing_steps(path):
        raise StorageUnavailable(f"{path.name} lacks the current schema: migrate it first")


def missing_steps(path: Path) -> list[str]:
    """Return the steps still to do. Only looks, so a running service does not mind."""
    steps = [step.__name__ for step in STEPS]
    if not path.exists():
        return steps
    with translated(), closing(_open(path)) as connection:
        applied = _applied(connection)
    if unknown := applied.difference(steps):
        raise StorageUnavailable(f"{path.name} is of a newer version: it has {sorted(unknown)}")
    return [step for step in steps if step not in applied]


def _applied(connection: apsw.Connection) -> set[str]:
    if not connection.table_exists("main", Migrations.migrations_table):
        return set()
    return {name for (name,) in run(connection, APPLIED, SET)}


def _leave_wal(path: Path) -> None:
    """Take the file out of WAL mode, which fails while anybody has it open.

    sqlite-utils brings the standard library's SQLite. Versions before 3.51.3 can lose commits
    in WAL mode, so they never see a file in it.
    """
    if not path.exists():
        return
    with translated(), closing(_open(path)) as connection:
        set_pragma(connection, "journal_mode", "delete")


def _open(path: Path) -> apsw.Connection:
    # Not read-only: what a killed migration left is rolled back by whoever opens the file next.
    connection = apsw.Connection(str(path), apsw.SQLITE_OPEN_READWRITE)
    connection.set_busy_timeout(PATIENCE)
    return connection


def _apply(path: Path) -> None:
    migrations = Migrations(SET)
    for step in STEPS:
        migrations()(step)
    try:
        path.touch(mode=0o600)  # medical records: for nobody else to read
        with Database(path) as db:
            db.conn.execute(f"PRAGMA page_size = {PAGE_SIZE}")
            with db.atomic():
                migrations.apply(db)
    except (sqlite3.Error, OSError) as error:
        raise StorageUnavailable(f"cannot migrate {path.name}: {error}") from error
