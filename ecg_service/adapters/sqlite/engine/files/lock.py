"""The lock of a database: held by a service or a migration, one at a time."""

import errno
import fcntl
import os
import struct
import sys
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from ecg_service.domain.errors import StorageUnavailable

# `struct flock` on 64 bits: a write lock of one byte, far from those that SQLite locks.
_BYTE = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 2**62, 1, 0)

_held: set[tuple[int, int]] = set()
"""The databases that this process holds, by device and inode."""


@contextmanager
def exclusive_lock(path: Path) -> Generator[Callable[[], None]]:
    """Hold the database, or raise `StorageUnavailable` at once.

    It is held by its name, with a lock file beside it, and by its inode, for a lock file may be
    deleted and a database have another name or be mounted elsewhere. The locks end with the
    process, however it ends. The lock file stays: removing it would let two processes lock two
    files of the same name.

    Yields what holds the database that has the name by now, if it was replaced: to be called
    with no connection open.
    """
    with ExitStack() as held:

        def hold() -> None:
            held.close()
            with ExitStack() as taken:
                _take(path.resolve(), taken)
                held.enter_context(taken.pop_all())

        hold()
        yield hold


def _take(path: Path, stack: ExitStack) -> None:
    name_lock = stack.enter_context(opened(path.with_name(path.name + ".lock"), os.O_CREAT))
    with _refusing(path):
        fcntl.flock(name_lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    if path.exists() and sys.platform == "linux":
        stack.enter_context(_held_inode(path))


@contextmanager
def _held_inode(path: Path) -> Generator[None]:
    """Lock the file itself, apart from SQLite's locks.

    Closing any descriptor of the file would end the locks that SQLite has on it in this process.
    So this one is closed last, and none is opened by a process that holds the file already.
    """
    inode = (path.stat().st_dev, path.stat().st_ino)
    with _refusing(path):
        if inode in _held:
            raise BlockingIOError
    with opened(path) as descriptor:
        with _refusing(path), _unless_unknown():
            fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, _BYTE)
        _held.add(inode)
        try:
            yield
        finally:
            _held.remove(inode)


@contextmanager
def opened(path: Path, flags: int = 0) -> Generator[int]:
    """Open a file beside the database for the block; raises `StorageUnavailable`."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | flags, 0o600)
    except OSError as error:
        verb, reason = "create" if flags else "open", error.strerror
        if flags and error.errno == errno.ENOENT:
            reason = f"there is no folder {path.parent.name}"
        raise StorageUnavailable(f"cannot {verb} {path.name}: {reason}") from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def _refusing(path: Path) -> Generator[None]:
    try:
        yield
    except BlockingIOError as error:
        msg = f"{path.name} is in use by a running service or migration"
        raise StorageUnavailable(msg) from error
    except OSError as error:
        raise StorageUnavailable(f"cannot lock {path.name}: {error.strerror}") from error


@contextmanager
def _unless_unknown() -> Generator[None]:
    """Pass over kernels that lack these locks, such as gVisor: there the name alone is held."""
    try:
        yield
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
