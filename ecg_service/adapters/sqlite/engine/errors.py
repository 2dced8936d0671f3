"""Translates SQLite's errors into the service's, with messages free of stored data."""

from collections.abc import Generator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager

import apsw

from ecg_service.domain.errors import StorageFull, StorageUnavailable

CONNECTION_LOST = (apsw.IOError, apsw.CorruptError, apsw.NotADBError, apsw.CantOpenError)
"""After one of these errors a connection may disagree with the file: discard it.

Above all after a failed fsync: the system may drop what it could not write, and report it once.
"""

LOCKS_LOST = {
    apsw.SQLITE_BUSY,
    apsw.SQLITE_PROTOCOL,
    apsw.SQLITE_IOERR_CHECKRESERVEDLOCK,
    apsw.SQLITE_IOERR_LOCK,
    apsw.SQLITE_IOERR_RDLOCK,
    apsw.SQLITE_IOERR_SHMLOCK,
    apsw.SQLITE_IOERR_SHMMAP,
    apsw.SQLITE_IOERR_UNLOCK,
}
"""After one of these a lock that nobody has may be taken for held, by all connections to a file.

SQLite counts the locks of a process beside those of the system. When the system fails to release
one, only closing every connection makes the two agree again.
"""

UNWRITTEN = {
    apsw.SQLITE_BUSY,
    apsw.SQLITE_CONSTRAINT,
    apsw.SQLITE_FULL,
    apsw.SQLITE_IOERR_WRITE,
    apsw.SQLITE_READONLY,
}
"""When COMMIT fails with one of these, the end of the transaction was not written to the log."""

NO_INDEX = {apsw.SQLITE_IOERR_SHMSIZE}
"""There is no room on the disk for the index of the log, without which nothing can be read."""

REASONS: dict[type[Exception], str] = {
    apsw.BusyError: "the database is locked by another process",
    apsw.CantOpenError: "the database cannot be opened",
    apsw.ConstraintError: "an id is stored already",
    apsw.CorruptError: "the database is damaged",
    apsw.IOError: "the database cannot be read or written",
    apsw.ProtocolError: "the locks of the database do not work",
    apsw.NotADBError: "the file is not a database of this service",
    apsw.ReadOnlyError: "the database is read-only",
    apsw.SQLError: "the database lacks the current schema",
    UnicodeDecodeError: "the database is damaged: a text is not UTF-8",
}


def is_one_of(error: apsw.Error, codes: AbstractSet[int]) -> bool:
    """Whether the error has one of these codes, primary or extended."""
    return not codes.isdisjoint(getattr(error, name, None) for name in ("result", "extendedresult"))


def reason(error: Exception) -> str:
    """Say what went wrong without SQLite's own text, which may quote the schema."""
    return REASONS.get(type(error), f"the database failed: {type(error).__name__}")


@contextmanager
def translate_errors() -> Generator[None]:
    """Raise SQLite's errors as `StorageUnavailable` or `StorageFull`."""
    try:
        yield
    except apsw.Error as error:
        if isinstance(error, apsw.FullError) or is_one_of(error, NO_INDEX):
            raise StorageFull("the disk is full") from error
        raise StorageUnavailable(reason(error)) from error
    except UnicodeDecodeError as error:
        raise StorageUnavailable(reason(error)) from error
