"""On a full disk nothing is stored, and everything can be deleted."""

import errno
import os
from collections.abc import Generator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from uuid import UUID

import apsw
import pytest

from ecg_service.adapters.sqlite import Limits, SqliteStore, migrate
from ecg_service.adapters.sqlite.engine.connections import open_reader
from ecg_service.adapters.sqlite.engine.files.lock import exclusive_lock
from ecg_service.adapters.sqlite.engine.sql import execute
from ecg_service.domain.errors import StorageFull, StorageUnavailable
from ecg_service.ports.store import Store
from tests.contract.builders import added, new, user
from tests.faults import FaultyDisk, Operation, index_without_room

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


@pytest.fixture
def disk_of(path: Path, disk: FaultyDisk, monkeypatch: pytest.MonkeyPatch) -> FullDisk:
    return FullDisk(path, disk, monkeypatch)


async def test_an_open_store_keeps_its_reserve(path: Path) -> None:
    async with SqliteStore.open(path, LIMITS):
        assert allocated(reserve(path)) == SIZE
        assert reserve(path).stat().st_mode & 0o777 == 0o600
    async with SqliteStore.open(path, LIMITS):
        assert allocated(reserve(path)) == SIZE


async def test_no_reserve_is_kept_by_others(path: Path) -> None:
    async with SqliteStore.open_beside(path, LIMITS), SqliteStore.open(path):
        assert allocated(reserve(path)) == 0


async def test_the_reserve_grows_with_the_log(path: Path) -> None:
    async with SqliteStore.open(path, LIMITS) as store:
        for _ in range(5):
            await added(store, new(blob=bytes(500_000)))
            assert allocated(reserve(path)) >= SIZE + store.statistics().log_bytes


@pytest.mark.parametrize("fresh", [False, True])
async def test_ecgs_are_deleted_from_a_full_disk(
    path: Path, disk_of: FullDisk, *, fresh: bool
) -> None:
    """Also if the log holds all of them, for which the database has no room yet."""
    async with SqliteStore.open(path, LIMITS) as store:
        stored = await added(store, *(new(blob=bytes(300_000)) for _ in range(6)))
        if not fresh:
            await store.ecgs.delete("ann", stored.pop())
        with disk_of.full():
            stored += await fill(store)
            with pytest.raises(StorageFull):
                await store.ecgs.add_many([new(blob=bytes(300_000))])
            while stored:
                await store.ecgs.delete("ann", stored.pop())
                assert await ids(store) == stored
                assert allocated(reserve(path)) >= SIZE
            after = await added(store, *(new(blob=bytes(300_000)) for _ in range(3)))
    async with SqliteStore.open(path, LIMITS) as store:
        assert await ids(store) == after


async def test_a_log_of_many_changes_is_folded_back_for_the_next_ecg(
    path: Path, disk_of: FullDisk
) -> None:
    """In the room of the reserve, since the database has to grow for it."""
    async with SqliteStore.open(path, LIMITS) as store:
        await store.users.add(user("bob"))
        stored = await added(store, new(blob=bytes(300_000)))
        for number in range(100):
            await store.users.update("bob", disabled=number % 2 == 0)
        with disk_of.full():
            stored += await added(store, new(blob=bytes(300_000)))
        assert await ids(store) == stored


async def test_users_are_disabled_on_a_full_disk(path: Path, disk_of: FullDisk) -> None:
    async with SqliteStore.open(path, LIMITS) as store:
        await store.users.add(user("bob"))
        with disk_of.full():
            await fill(store)
            with pytest.raises(StorageFull):
                await store.ecgs.add_many([new(blob=bytes(300_000))])
            assert (await store.users.update("bob", disabled=True)).disabled


async def test_what_the_reserve_was_given_up_for_is_for_deletions_only(
    path: Path, disk_of: FullDisk
) -> None:
    """While the log cannot be folded back, since a backup reads it, there is no new reserve."""
    async with SqliteStore.open(path, LIMITS) as store:
        stored = await added(store, *(new(blob=bytes(300_000)) for _ in range(3)))
        with closing(open_reader(path, LIMITS)) as backup:
            execute(backup, "BEGIN")
            execute(backup, "SELECT count(*) FROM ecgs")
            with disk_of.full():
                await store.ecgs.delete("ann", stored.pop())
                with pytest.raises(StorageFull):
                    await store.ecgs.add_many([new()])
                await store.ecgs.delete("ann", stored.pop())
                assert await ids(store) == stored
        stored += await added(store, new())
        assert allocated(reserve(path)) >= SIZE
        assert await ids(store) == stored


async def test_a_service_starts_on_a_full_disk_in_the_room_of_the_reserve(path: Path) -> None:
    """A stop removes the index of the log, for which others may leave no room."""
    async with SqliteStore.open(path, LIMITS) as store:
        stored = await added(store, new(), new())
    with index_without_room(lambda: allocated(reserve(path)) > 0):
        assert migrate(path) == []
        async with SqliteStore.open(path, LIMITS) as store:
            await store.ecgs.delete("ann", stored.pop())
            assert await ids(store) == stored


async def test_nobody_gives_up_the_reserve_of_a_running_service(path: Path) -> None:
    async with SqliteStore.open(path, LIMITS):
        pass
    with exclusive_lock(path), index_without_room(lambda: True):
        with pytest.raises(StorageUnavailable, match="in use"):
            migrate(path)
        assert allocated(reserve(path)) == SIZE


async def test_without_a_reserve_a_full_disk_is_named(path: Path) -> None:
    async with SqliteStore.open(path):
        pass
    with index_without_room(lambda: True), pytest.raises(StorageFull, match="the disk is full"):
        migrate(path)
