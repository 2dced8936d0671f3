"""The file of a database: it has one name, and only its owner may read it."""

import logging
from pathlib import Path

from ecg_service.domain.errors import StorageUnavailable

logger = logging.getLogger(__name__)

BESIDE = ("", "-wal", "-shm", "-journal")
"""What SQLite adds to the name of a database for each of its files."""
NOT_OWNER = 0o077


def require_one_name(path: Path) -> None:
    """Raise `StorageUnavailable` if the file has hard links.

    SQLite keeps the log beside the name by which a file is opened: under another name it would
    miss commits, and damage the file.
    """
    if path.exists() and path.stat().st_nlink > 1:
        raise StorageUnavailable(f"{path.name} has hard links: a database must have one name")


def make_private(path: Path) -> None:
    """Take all permissions of others from the files, or raise `StorageUnavailable`.

    Whoever made a file beforehand may have made it with any.
    """
    path = path.resolve()
    for file in (path.with_name(path.name + end) for end in BESIDE):
        try:
            _make_private(file)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise StorageUnavailable(
                f"{file.name} is open to other users, and cannot be changed: {error.strerror}"
            ) from error


def _make_private(file: Path) -> None:
    mode = file.stat().st_mode
    if mode & NOT_OWNER:
        file.chmod(mode & ~NOT_OWNER & 0o7777)
        logger.warning("%s was open to other users: now it is for its owner only", file.name)
