"""Translates SQLite's errors into the service's, with messages free of stored data."""

from collections.abc import Generator
from contextlib import contextmanager

import apsw

from ecg_service.domain.errors import StorageFull, StorageUnavailable

CONNECTION_LOST = (apsw.IOError, apsw.CorruptError, apsw.NotADBError, apsw.CantOpenError)
"""After one of these errors a connection may disagree with the file: discard it.

Above all after a failed fsync: the system may drop what it could not write, and report it once.
"""

REASONS: dict[type[apsw.Error], str] = {
    apsw.BusyError: "the database is locked by another process",
    apsw.CantOpenError: "the database cannot be opened",
    apsw.CorruptError: "the database is damaged",
    apsw.IOError: "the database cannot be read or written",
    apsw.NotADBError: "the file is not a database of this service",
    apsw.ReadOnlyError: "the database is read-only",
    apsw.SQLError: "the database lacks the current schema",
}


def reason(error: apsw.Error) -> str:
    """Say what went wrong without SQLite's own text, which may quote the schema."""
    return REASONS.get(type(error), f"the database failed: {type(error).__name__}")


@contextmanager
def translate_errors() -> Generator[None]:
    """Raise SQLite's errors as `StorageUnavailable` or `StorageFull`."""
    try:
        yield
    except apsw.FullError as error:
        raise StorageFull("the database is full") from error
    except apsw.Error as error:
        raise StorageUnavailable(reason(error)) from error
