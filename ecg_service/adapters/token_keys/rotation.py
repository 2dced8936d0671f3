"""Lets a new key sign, while the one before still verifies."""

import fcntl
import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from ecg_service.adapters.token_keys.files import new_key, read_keys, unusable, write_keys


def rotate(path: Path, *, now: bool) -> str:
    """Let a new key sign, and return its id; the one before still verifies, unless `now`.

    Raises `StorageUnavailable`.
    """
    key = new_key()
    write_keys(path, [key], replace=False)
    with _held(path):
        if now or read_keys(path)[0].kid != key.kid:
            return _replace(path, keep=not now)
    return str(key.kid)


def rotate_older(path: Path, seconds: float) -> str | None:
    """Let a new key sign if the file is older than that; return its id, if this process made it."""
    if _age(path) < seconds:
        return None
    with _held(path):
        # Of several processes that come here at the same time, the first one did it.
        return None if _age(path) < seconds else _replace(path, keep=True)


def _replace(path: Path, *, keep: bool) -> str:
    key, before = new_key(), read_keys(path)[:1] if keep else []
    write_keys(path, [key, *before], replace=True)
    return str(key.kid)


def _age(path: Path) -> float:
    return time.time() - path.stat().st_mtime


@contextmanager
def _held(path: Path) -> Generator[None]:
    """Hold the file that has this name: who waited for one that was replaced asks for the new one."""
    try:
        while True:
            with path.open("r+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                    yield
                    return
    except OSError as error:
        raise unusable(path, error.strerror or type(error).__name__) from error
