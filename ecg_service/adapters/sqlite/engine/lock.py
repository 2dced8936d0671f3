"""The lock of a database file: held by a service or a migration, one at a time."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from ecg_service.domain.errors import StorageUnavailable


@contextmanager
def exclusive_lock(path: Path) -> Generator[None]:
    """Hold the advisory lock beside the database, or raise `StorageUnavailable` at once.

    The lock ends with the process, however it ends. The lock file stays: removing it would let
    two processes lock two files of the same name.
    """
    path = path.resolve()
    descriptor = _open(path.with_name(path.name + ".lock"))
    try:
        _lock(descriptor, path.name)
        yield
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StorageUnavailable(f"cannot create {path.name}: {error.strerror}") from error


def _lock(descriptor: int, name: str) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise StorageUnavailable(f"{name} is in use by a running service or migration") from error
