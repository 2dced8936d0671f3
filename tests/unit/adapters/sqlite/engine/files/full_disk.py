"""A disk that a test fills."""

import errno
import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import UUID

import apsw
import pytest

from ecg_service.adapters.sqlite import Limits
from ecg_service.domain.errors import StorageFull
from ecg_service.ports.store import Store
from tests.contract.builders import added, new
from tests.faults import FaultyDisk, Operation

SIZE = 1_048_576
LIMITS = Limits(reserve_bytes=SIZE, readers=1)


def reserve(path: Path) -> Path:
    return path.with_name(path.name + ".reserve")


def allocated(path: Path) -> int:
    """Return how much of the disk a file takes."""
    return path.stat().st_blocks * 512 if path.exists() else 0


async def ids(store: Store) -> list[UUID]:
    return [ecg.id for ecg in await store.ecgs.page("ann", limit=999)][::-1]


async def fill(store: Store) -> list[UUID]:
    """Add ECGs, ever smaller ones, until there is no room for any."""
    stored = list[UUID]()
    for size in (300_000, 20_000):
        with suppress(StorageFull):
            while True:
                stored += await added(store, new(blob=bytes(size)))
    return stored


class FullDisk:
    """Lets the files of a database take no more than they do now."""

    def __init__(self, path: Path, disk: FaultyDisk, monkeypatch: pytest.MonkeyPatch) -> None:
        self._path = path
        self._disk = disk
        self._monkeypatch = monkeypatch
        self._allocate = os.posix_fallocate
        self._capacity = 0

    @contextmanager
    def full(self) -> Generator[None]:
        self._capacity = self._taken()
        with self._monkeypatch.context() as patch, self._disk.failing(self._fail):
            patch.setattr(os, "posix_fallocate", self._fallocate)
            yield

    def _taken(self) -> int:
        return sum(file.stat().st_size for file in self._path.parent.iterdir())

    def _has_room(self, size: int, end: int) -> bool:
        return end <= size or self._taken() + end - size <= self._capacity

    def _fallocate(self, descriptor: int, start: int, size: int) -> None:
        if not self._has_room(os.fstat(descriptor).st_size, size):
            raise OSError(errno.ENOSPC, "no room")
        self._allocate(descriptor, start, size)

    def _fail(self, operation: Operation, name: str, end: int) -> int | None:
        if operation != "write" or self._has_room(Path(name).stat().st_size, end):
            return None
        return apsw.SQLITE_FULL
