"""A file that has its name when all of it is on disk, and not before."""

import errno
import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from ecg_service.adapters.sqlite.engine.files.private import BESIDE
from ecg_service.domain.errors import Conflict, StorageFull, StorageUnavailable

NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def whole_file(path: Path, *, force: bool) -> Generator[Path]:
    """Yield an empty file of this process and owner, which gets the name `path` after the block.

    If the block fails, nothing is left. What a killed process left is written over by the next.
    Raises `Conflict` if there is such a file, without `force`, or it is being written, and
    `OSError`.
    """
    partial = beside(path, ".partial")
    require_free(path, force=force)
    with _claimed(partial) as descriptor:
        try:
            yield partial
            os.fsync(descriptor)
            require_free(path, force=force)
            partial.replace(path)
        except BaseException:
            for end in BESIDE:
                beside(partial, end).unlink(missing_ok=True)
            raise
        _sync(path.parent)


def beside(path: Path, end: str) -> Path:
    """Return the path whose name has this end more."""
    return path.with_name(path.name + end)


def require_free(path: Path, *, force: bool) -> None:
    """Raise `Conflict` if a file may not be written there."""
    if path.exists() and not path.is_file():
        raise Conflict(f"{path} is not a file")
    if path.exists() and not force:
        raise Conflict(f"{path} exists already: only --force replaces it")


@contextmanager
def _claimed(path: Path) -> Generator[int]:
    """Create or take over the file, while no other process has it; it is for its owner only."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        if not _locked(descriptor, path):
            raise Conflict(f"{path} is being written by another command")
        os.fchmod(descriptor, 0o600)
        os.ftruncate(descriptor, 0)
        yield descriptor
    finally:
        os.close(descriptor)


def _locked(descriptor: int, path: Path) -> bool:
    """Lock the file; return whether it still has the name, which the last holder may have taken."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return path.exists() and os.path.samestat(os.fstat(descriptor), path.stat())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def translate_failures(path: Path) -> Generator[None]:
    """Raise what keeps the file from being written as `StorageFull` or `StorageUnavailable`."""
    try:
        yield
    except StorageFull as error:
        raise StorageFull(f"no room for {path}: its disk is full") from error
    except OSError as error:
        if error.errno in NO_ROOM:
            raise StorageFull(f"no room for {path}: {error.strerror}") from error
        raise StorageUnavailable(f"cannot write {path}: {error.strerror}") from error
