"""Translates errors of PostgreSQL and its driver, with messages free of stored data."""

from collections.abc import Generator
from contextlib import contextmanager

from ecg_service.adapters.failures import kind
from ecg_service.adapters.postgres.engine.sql import LOST, PostgresError, state_of
from ecg_service.adapters.urls import shown
from ecg_service.domain.errors import StorageFull, StorageUnavailable

DISK_FULL = "53100"

TOO_LATE = "the database, or the calls before, took too long"
REASONS = {
    "08": "the connection to the database failed",
    "23505": "an id is stored already",
    "25006": "the database is read-only: it may be a standby",
    "28": "the database refuses the user or the password",
    "3D": "there is no such database: make it with createdb, or name another",
    "3F": "there is no such schema",
    "40P01": "the database broke a deadlock",
    "42501": "the database does not allow this to the user",
    "42P01": "the database lacks the current schema",
    "42703": "the database lacks the current schema",
    "53300": "the database has no connections left",
    "55P03": "a lock of the database took too long",
    "57014": TOO_LATE,
    "57P": "the database is shutting down or starting",
    "XX001": "the database is damaged",
    "XX002": "the database is damaged",
}
"""By the beginning of the SQLSTATE; the longest one counts."""
NOT_LET_IN = ("28", "3D")
"""The server has not let anybody in, so its text can only quote the user, the database and the address."""
MAX_TEXT = 200


def is_lost(error: BaseException) -> bool:
    """Whether nobody can tell from the error what became of a COMMIT."""
    return isinstance(error, LOST) or state_of(error).startswith(("57P", "08"))


def reason(error: BaseException, url: str | None = None) -> str:
    """Say what went wrong without the server's own text, which may quote what is stored.

    Of an attempt to connect to the URL, it is said who was refused, and where.
    """
    is_refused = state_of(error).startswith(NOT_LET_IN)
    who = " ".join(str(error.args[0]).split())[:MAX_TEXT] if is_refused else ""
    details = "; ".join(filter(None, (who, url and shown(url))))
    return f"{_reason(error)} ({details})" if details else _reason(error)


def _reason(error: BaseException) -> str:
    state = state_of(error)
    for length in (5, 3, 2):
        if known := REASONS.get(state[:length]):
            return known
    if isinstance(error, TimeoutError):
        return TOO_LATE
    if state:
        return f"the database failed: SQLSTATE {state}"
    return f"the database cannot be reached: {kind(error)}"


@contextmanager
def translate_errors(url: str | None = None) -> Generator[None]:
    """Raise errors of the database as `StorageUnavailable` or `StorageFull`.

    They name the place of the URL to which the block connects, if it does.
    A value that no column can hold is the caller's error, `OverflowError` or `UnicodeEncodeError`.
    """
    try:
        yield
    except (PostgresError, *LOST) as error:
        if isinstance(error.__cause__, OverflowError | UnicodeEncodeError):
            raise error.__cause__ from None
        if state_of(error) == DISK_FULL:
            raise StorageFull("the disk of the database is full") from error
        raise StorageUnavailable(reason(error, url)) from error
