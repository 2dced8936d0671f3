"""Copies a database to a backup beside a running service, and a backup to a database."""

from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import apsw

from ecg_service.adapters.sqlite.check import check
from ecg_service.adapters.sqlite.engine.connections import PAGE_SIZE, open_reader
from ecg_service.adapters.sqlite.engine.errors import translate_errors
from ecg_service.adapters.sqlite.engine.files.lock import exclusive_lock
from ecg_service.adapters.sqlite.engine.files.private import BESIDE
from ecg_service.adapters.sqlite.engine.files.whole import (
    beside,
    require_free,
    translate_failures,
    whole_file,
)
from ecg_service.adapters.sqlite.engine.limits import Limits
from ecg_service.adapters.sqlite.engine.sql import execute, set_pragma
from ecg_service.adapters.sqlite.rows.generations import renew_generation
from ecg_service.adapters.sqlite.schema.migrations import (
    STEPS,
    leave_wal,
    migrate,
    missing_steps,
    require_current,
)
from ecg_service.domain.errors import Conflict, StorageUnavailable
from ecg_service.ports.copies import Copying
from ecg_service.ports.store import Checked

PAGES_AT_ONCE = 16 * 1024 * 1024 // PAGE_SIZE
_, *LOGS = BESIDE


def backup(path: Path, to: Path, copying: Copying) -> Checked:
    """Write all that is committed now to one file."""
    path, to = path.resolve(), to.resolve()
    if to in [path, *(beside(path, end) for end in (*LOGS, ".lock", ".reserve", ".turn"))]:
        raise Conflict(f"{to} belongs to the database itself")
    with translate_failures(to):
        for end in LOGS:  # of a database that is in use, or that SQLite would add to the backup
            require_free(beside(to, end), force=False)
        with whole_file(to, force=copying.force) as partial:
            require_current(path)
            with translate_errors(), closing(open_reader(path, Limits())) as source:
                _copy(source, partial, path, copying)
            return _verified(partial, copying)


def restore(path: Path, source: Path, copying: Copying) -> Checked:
    """Put a copy of the backup in the place of the database."""
    path, source = path.resolve(), source.resolve()
    if source == path:
        raise Conflict(f"{source} is the database itself")
    if not source.is_file():
        raise StorageUnavailable(f"there is no backup {source}")

    def make(partial: Path) -> None:
        with translate_errors(), closing(_open_backup(source)) as backup:
            _copy(backup, partial, source, copying)
        if len(missing_steps(partial)) == len(STEPS):
            raise StorageUnavailable(f"{source} is not a database of this service")
        migrate_alone(partial)
        _renew_generation(partial)

    return make_whole(path, make, copying)


def make_whole(path: Path, make: Callable[[Path], None], copying: Copying) -> Checked:
    """Put what is made in the place of the database, which nobody serves, when it is checked."""
    path = path.resolve()
    for end in BESIDE:
        require_free(beside(path, end), force=copying.force)
    with (
        translate_failures(path),
        exclusive_lock(path),
        whole_file(path, force=copying.force) as partial,
    ):
        make(partial)
        checked = _verified(partial, copying)
        _leave_no_log(path)
        return checked


def _open_backup(path: Path) -> apsw.Connection:
    """Open a file that nobody writes: unlike a database, it may have hard links."""
    connection = apsw.Connection(str(path), apsw.SQLITE_OPEN_READONLY)
    connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
    return connection


def _copy(source: apsw.Connection, to: Path, name: Path, copying: Copying) -> None:
    """Copy one snapshot, with what the log holds, to an empty file without a log.

    The snapshot is held: without it, each commit meanwhile makes SQLite begin anew. So the log
    cannot restart, and grows by all that is written until the copy is done.
    """
    execute(source, "BEGIN")
    execute(source, "SELECT count(*) FROM sqlite_schema")
    with closing(apsw.Connection(str(to))) as target:
        for setting in ("synchronous", "journal_mode"):  # it has no name to lose yet
            set_pragma(target, setting, "off")
        with target.backup("main", source, "main") as pages:
            while not pages.done:
                pages.step(PAGES_AT_ONCE)
                done = pages.page_count - pages.remaining
                copying.report("copying", done * PAGE_SIZE, pages.page_count * PAGE_SIZE)
                _require_short_log(name, copying.max_log_bytes)
        execute(source, "ROLLBACK")
        set_pragma(target, "journal_mode", "delete")


def _require_short_log(path: Path, max_bytes: int) -> None:
    with suppress(FileNotFoundError):
        if beside(path, "-wal").stat().st_size > max_bytes:
            raise StorageUnavailable(
                f"the log of {path.name} has grown to more than {max_bytes} bytes meanwhile:"
                " back up when less is written, or allow more (max_backup_log_bytes)"
            )


def migrate_alone(partial: Path) -> None:
    """Migrate a file that nobody else knows, and leave no lock file beside it."""
    try:
        migrate(partial)
    finally:
        beside(partial, ".lock").unlink(missing_ok=True)


def _renew_generation(path: Path) -> None:
    """Let no cache answer with what was read of the database that is replaced."""
    with translate_errors(), closing(apsw.Connection(str(path))) as connection:
        renew_generation(connection)


def _verified(path: Path, copying: Copying) -> Checked:
    size, read = path.stat().st_size, 0

    def verify(blob: bytes, max_samples: int) -> int:
        nonlocal read
        read += len(blob)
        copying.report("checking", read, size)
        return copying.verify_blob(blob, max_samples)

    checked, found = Checked(), 0
    for problem in check(path, verify, checked):
        found += 1
        copying.tell_damage(problem)
    copying.require_sound(found)
    return checked


def _leave_no_log(path: Path) -> None:
    """Fold the log of the database that is replaced into it: no log may meet another database.

    So whoever is killed here leaves a complete database. A damaged one has no log to be kept.
    """
    try:
        leave_wal(path)
    except StorageUnavailable as error:
        if isinstance(error.__cause__, apsw.BusyError):
            raise
    for end in LOGS:
        beside(path, end).unlink(missing_ok=True)
