"""On a full disk nothing is stored, and everything can be deleted."""

from contextlib import closing
from pathlib import Path

import pytest

from ecg_service.adapters.sqlite import SqliteStore, migrate
from ecg_service.adapters.sqlite.engine.connections import open_reader
from ecg_service.adapters.sqlite.engine.files import reserve as reserve_module
from ecg_service.adapters.sqlite.engine.files.lock import exclusive_lock
from ecg_service.adapters.sqlite.engine.sql import execute
from ecg_service.domain.errors import StorageFull, StorageUnavailable
from tests.contract.builders import added, new, user
from tests.faults import index_without_room
from tests.unit.adapters.sqlite.engine.files.full_disk import (
    LIMITS,
    SIZE,
    FullDisk,
    allocated,
    fill,
    ids,
    reserve,
)


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


async def test_one_full_disk_is_told_once(
    path: Path,
    disk_of: FullDisk,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its reserve is used at each deletion, and made again."""

    async def lines(store: SqliteStore) -> int:
        caplog.clear()
        stored = await added(store, *(new(blob=bytes(300_000)) for _ in range(6)))
        with disk_of.full():
            for ecg_id in stored + await fill(store):
                await store.ecgs.delete("ann", ecg_id)
        return caplog.messages.count("the disk is full: its reserve is used")

    async with SqliteStore.open(path, LIMITS) as store:
        assert await lines(store) == 1
        assert await lines(store) == 0
        monkeypatch.setattr(reserve_module, "QUIET_SECONDS", 0.0)
        assert await lines(store) > 5


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
