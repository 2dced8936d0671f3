"""Room on the disk that is kept for what makes room."""

import logging
import os
import sys
import time
from pathlib import Path

logger = logging.getLogger(__name__)

QUIET_SECONDS = 60.0
"""After so long without need of the reserve, the next time is that of another full disk."""


def give_up(path: Path) -> bool:
    """Give up the reserve that a process which has ended left; return whether there was any."""
    file = _beside(path)
    if file.is_symlink() or not file.is_file() or not file.stat().st_size:
        return False
    os.truncate(file, 0)
    logger.warning("the disk is full: the reserve is given up")
    return True


def _beside(path: Path) -> Path:
    return path.with_name(path.name + ".reserve")


class Reserve:
    """A file beside a database that holds room for deletions, and for the log to be folded back.

    It is as large as the log and `size` bytes more, so neither needs room that others may take; 0
    keeps none. Only Linux can allocate it without writing it: elsewhere there is none.
    """

    def __init__(self, path: Path, size: int, *, shared: bool = False) -> None:
        """Let it be `shared` with other processes, of which each makes it no smaller."""
        self._path = _beside(path)
        self._step = size if sys.platform == "linux" else 0
        self._shared = shared
        self.allocated = 0
        self._used: float | None = None

    def covers(self, log_bytes: int) -> bool:
        """Whether it is large enough for such a log; makes it so if there is room."""
        needed = self._step and self._step + log_bytes
        if needed > self.allocated:
            self._allocate(-(-needed // self._step) * self._step)
        return needed <= self.allocated

    def release(self) -> bool:
        """Give it up; return whether there was any."""
        if not self.allocated:
            return False
        os.truncate(self._path, 0)
        self.allocated = 0
        self._tell()
        return True

    def _tell(self) -> None:
        """Say once of a full disk that the reserve is used, which is made anew and used again at each write."""
        before, self._used = self._used, time.monotonic()
        if before is None or self._used - before > QUIET_SECONDS:
            logger.warning("the disk is full: its reserve is used")

    def _allocate(self, size: int) -> None:
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        try:
            descriptor = os.open(self._path, flags, 0o600)
        except OSError:
            return
        try:
            if self._shared:
                size = max(size, os.fstat(descriptor).st_size)
            os.posix_fallocate(descriptor, 0, size)
            self.allocated = size
        except OSError:
            pass  # whatever was allocated of it is given back
        finally:
            os.ftruncate(descriptor, self.allocated)
            os.close(descriptor)
