"""Migrations, which bring a file to the schema of this version."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import apsw

from ecg_service.adapters.sqlite.engine.connections import PAGE_SIZE
from ecg_service.adapters.sqlite.engine.errors import translate_errors
from ecg_service.adapters.sqlite.engine.files.lock import exclusive_lock
from ecg_service.adapters.sqlite.engine.files.private import make_private, require_one_name
from ecg_service.adapters.sqlite.engine.files.reserve import give_up
from ecg_service.adapters.sqlite.engine.sql import execute, set_pragma
from ecg_service.adapters.sqlite.schema.packing import pack_rows
from ecg_service.adapters.sqlite.schema.sealing import add_checksums
from ecg_service.adapters.sqlite.schema.tables import (
    AUDIT,
    AUDIT_BLOCKS,
    AUDIT_CUTS,
    AUDIT_NAMES,
    ECG_LEFTOVERS,
    ECG_PARTS,
    GENERATIONS,
    GRANTS,
    GRANTS_BY_OWNER,
    IDEMPOTENCY_KEYS,
    IDEMPOTENCY_KEYS_BY_AGE,
    IDENTITIES,
    RENEW_GENERATION,
    TABLES,
)
from ecg_service.domain.errors import SchemaOutdated, StorageFull, StorageUnavailable

if TYPE_CHECKING:
    from sqlite_utils import Database

SET, APPLIED_STEPS = "ecg_service", "_sqlite_migrations"
"""How sqlite-utils, which only who migrates imports (a quarter of the time of a start), keeps what is applied."""
APPLIED = f"SELECT name FROM {APPLIED_STEPS} WHERE migration_set = ?"  # noqa: S608

BUSY_MILLISECONDS = 1_000
"""How long to wait for another process that opens or closes the file."""


def create_tables(db: "Database") -> None:
    """Create the first schema."""
    for statement in TABLES:
        db.conn.execute(statement)


def add_epochs(db: "Database") -> None:
    """Count the changes of each user."""
    db.conn.execute("ALTER TABLE users ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0")


def count_interruptions(db: "Database") -> None:
    """Count the runs of insights that failed, and those that were cut short."""
    for column in ("failures", "cut_short"):
        db.conn.execute(f"ALTER TABLE insights ADD COLUMN {column} INTEGER NOT NULL DEFAULT 0")


def add_idempotency_keys(db: "Database") -> None:
    """Remember which ECG an idempotency key stored."""
    db.conn.execute(IDEMPOTENCY_KEYS)
    db.conn.execute(IDEMPOTENCY_KEYS_BY_AGE)


def add_parts(db: "Database") -> None:
    """Store what is large in parts."""
    db.conn.execute(ECG_PARTS)
    db.conn.execute(ECG_LEFTOVERS)


def add_generation(db: "Database") -> None:
    """Let caches know of which time what they keep is."""
    db.conn.execute(GENERATIONS)
    db.conn.execute(RENEW_GENERATION)


def add_identities(db: "Database") -> None:
    """Remember which user a subject of an identity provider is."""
    db.conn.execute(IDENTITIES)


def add_grants(db: "Database") -> None:
    """Keep API keys and sessions."""
    db.conn.execute(GRANTS)
    db.conn.execute(GRANTS_BY_OWNER)


def add_audit(db: "Database") -> None:
    """Keep the audit trail."""
    for statement in (AUDIT, AUDIT_CUTS, AUDIT_NAMES):
        db.conn.execute(statement)


def pack_audit(db: "Database") -> None:
    """Keep the rows of the audit trail in blocks."""
    db.conn.execute(AUDIT_BLOCKS)
    pack_rows(db)
    db.conn.execute("DROP TABLE audit")


STEPS: tuple[Callable[["Database"], None], ...] = (
    create_tables,
    add_epochs,
    count_interruptions,
    add_checksums,
    add_idempotency_keys,
    add_parts,
    add_generation,
    add_identities,
    add_grants,
    add_audit,
    pack_audit,
)
"""In order; a published step never changes, a change of the schema is a new step.

A step that adds a column to a checksummed row renews the checksums that match.
"""


def migrate(path: Path) -> list[str]:
    """Bring the file, which need not exist, to the schema of this version.

    Returns the names of the steps that were missing. All steps run in one transaction, so a
    migration that is killed has changed nothing.
    Raises `StorageUnavailable` if a step is missing while a service or a command has the file open.
    """
    if not _missing_in_reserve(path):
        return []
    with exclusive_lock(path):
        missing = missing_steps(path)
        if missing:
            leave_wal(path)
            _apply(path)
        return missing


def require_current(path: Path) -> None:
    """Raise `SchemaOutdated` if the file needs a migration first."""
    if missing_steps(path):
        raise SchemaOutdated(path.name)


def require_no_earlier(connection: apsw.Connection, name: str) -> None:
    """Raise `SchemaOutdated` for the schema of an earlier version, unless damage keeps that from being known."""
    try:
        applied = _applied(connection)
    except (apsw.Error, UnicodeDecodeError):
        return
    steps = [step.__name__ for step in STEPS]
    if applied < set(steps) and applied == set(steps[: len(applied)]) and applied:
        raise SchemaOutdated(name)


def _missing_in_reserve(path: Path) -> list[str]:
    """Do what `missing_steps` does, on a full disk in the room of the reserve.

    SQLite makes the index of its log anew, which a service that stopped has removed.
    """
    try:
        return missing_steps(path)
    except StorageFull:
        with exclusive_lock(path):  # the reserve is nobody's
            if not give_up(path):
                raise
        return missing_steps(path)


def missing_steps(path: Path) -> list[str]:
    """Return the names of missing steps; safe beside a running service, since it only reads."""
    steps = [step.__name__ for step in STEPS]
    if not path.exists():
        return steps
    with translate_errors(), closing(_open(path)) as connection:
        # Who only looks leaves the log of a service that was killed as it is.
        connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        applied = _applied(connection)
    if unknown := applied.difference(steps):
        raise StorageUnavailable(f"{path.name} is of a newer version: it has {sorted(unknown)}")
    return [step for step in steps if step not in applied]


def _applied(connection: apsw.Connection) -> set[str]:
    if not connection.table_exists("main", APPLIED_STEPS):
        return set()
    return {name for (name,) in execute(connection, APPLIED, SET)}


def leave_wal(path: Path) -> None:
    """Take the file out of WAL mode, which fails while another process has it open.

    sqlite-utils uses the standard library's SQLite. Versions before 3.51.3 can lose commits
    in WAL mode, so they must never open a file in it.
    """
    if not path.exists():
        return
    with translate_errors(), closing(_open(path)) as connection:
        set_pragma(connection, "journal_mode", "delete")


def _open(path: Path) -> apsw.Connection:
    require_one_name(path)
    # Not read-only: opening the file rolls back what a killed migration left.
    connection = apsw.Connection(str(path), apsw.SQLITE_OPEN_READWRITE)
    connection.set_busy_timeout(BUSY_MILLISECONDS)
    return connection


def _apply(path: Path) -> None:
    sqlite_utils = import_module("sqlite_utils")
    migrations = sqlite_utils.Migrations(SET)
    for step in STEPS:
        migrations()(step)
    try:
        path.touch(mode=0o600)  # medical records
        make_private(path)
        with sqlite_utils.Database(path) as db:
            db.conn.execute(f"PRAGMA page_size = {PAGE_SIZE}")
            with db.atomic():
                migrations.apply(db)
    except (sqlite3.Error, OSError) as error:
        raise StorageUnavailable(f"cannot migrate {path.name}: {error}") from error
