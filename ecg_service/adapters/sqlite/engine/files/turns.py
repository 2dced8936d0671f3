"""Turns at writing, of the processes that have one database open together."""

import fcntl
import os
import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from ecg_service.adapters.sqlite.engine.files.lock import opened
from ecg_service.domain.errors import StorageUnavailable

Turn = Callable[[float], AbstractContextManager[None]]
"""Takes a turn for a block, after at most so many seconds; raises `StorageUnavailable`."""

RETRY_SECONDS = 0.0002
"""SQLite itself tries again after 1, 2, 5, 10, 15, 20 and 25 ms, while a commit takes 2."""


def alone(_seconds: float) -> AbstractContextManager[None]:
    """Return the turn of a process that is the only one."""
    return nullcontext()


@contextmanager
def in_turn(path: Path) -> Generator[Turn]:
    """Yield the turns of this process at writing to the database; it must not have been forked since."""
    with opened(path.with_name(path.name + ".turn"), os.O_CREAT) as descriptor:

        @contextmanager
        def turn(seconds: float) -> Generator[None]:
            _take(descriptor, time.monotonic() + seconds)
            try:
                yield
            finally:
                fcntl.flock(descriptor, fcntl.LOCK_UN)

        yield turn


def _take(descriptor: int, until: float) -> None:
    """Lock the file; the kernel unlocks that of a process which has died."""
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise StorageUnavailable("other workers write for too long") from None
        time.sleep(RETRY_SECONDS)
