"""Which files are open under the names of the database, its log and the log's index."""

import os
import time
from pathlib import Path

Identity = tuple[int, int] | None
"""Device and inode of a file; None if there is no such file."""

LOOK_SECONDS = 0.5
"""How long `look` believes what it saw."""


class Files:
    """Notices that a file was replaced, moved away or deleted while it is open.

    None is opened here: closing any descriptor of a file drops the locks that SQLite has on it.
    """

    def __init__(self, path: Path) -> None:
        self._paths = [f"{path}{end}" for end in ("", "-wal", "-shm")]
        self.remember()

    def remember(self) -> None:
        """Take the files that are there now for those that are open."""
        self._opened = self._found()
        self._changed = False
        self._looked = time.monotonic()

    def changed(self) -> bool:
        """Whether one of the files is not the one that is open."""
        self._changed = self._found() != self._opened
        self._looked = time.monotonic()
        return self._changed

    def look(self) -> bool:
        """Like `changed`, which is not asked again within `LOOK_SECONDS`."""
        due = time.monotonic() >= self._looked + LOOK_SECONDS
        return self.changed() if due else self._changed

    @property
    def is_gone(self) -> bool:
        """Whether there is no database."""
        return identity(self._paths[0]) is None

    @property
    def has_foreign_log(self) -> bool:
        """Whether the log has content, and only it or only the database was replaced."""
        database, log, _ = (
            here == there for here, there in zip(self._found(), self._opened, strict=True)
        )
        return database != log and _has_content(self._paths[1])

    def _found(self) -> list[Identity]:
        return [identity(path) for path in self._paths]


def identity(path: str) -> Identity:
    """Return which file has the name."""
    try:
        status = os.stat(path)  # noqa: PTH116 - before and after each write, in half the time
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _has_content(path: str) -> bool:
    try:
        return os.stat(path).st_size > 0  # noqa: PTH116
    except OSError:
        return False
