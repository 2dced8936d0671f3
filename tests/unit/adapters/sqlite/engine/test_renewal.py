"""Locks that fail and files that are replaced under an open store: noticed, and mended or refused."""

import fcntl
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import pytest

from ecg_service.adapters.sqlite import Limits, SqliteStore, check, migrate
from ecg_service.adapters.sqlite.engine.files import identity
from ecg_service.domain.errors import OutcomeUnknown, StorageUnavailable
from ecg_service.ports.store import Store
from tests.contract.builders import added, new
from tests.faults import FaultyDisk, Operation, failing_locks

IMPATIENT = Limits(busy_seconds=0.0)
LOCK, UNLOCK = (fcntl.F_RDLCK, fcntl.F_WRLCK), (fcntl.F_UNLCK,)


async def ids(store: Store) -> list[UUID]:
    return [ecg.id for ecg in await store.ecgs.page("ann", limit=999)][::-1]


async def ids_of(path: Path) -> list[UUID]:
    async with SqliteStore.open(path) as store:
        return await ids(store)


# Locks.


@pytest.mark.parametrize("kinds", [LOCK, UNLOCK, LOCK + UNLOCK], ids=["lock", "unlock", "both"])
async def test_works_again_after_locks_failed(
    path: Path, disk: FaultyDisk, kinds: tuple[int, ...]
) -> None:
    unknown = set[UUID]()
    async with SqliteStore.open(path, IMPATIENT) as store:
        before = await added(store, new())
        with failing_locks(*kinds):
            for _ in range(3):
                one = new()
                try:
                    before += await added(store, one)
                except StorageUnavailable:
                    with pytest.raises(StorageUnavailable):
                        await ids(store)
                except OutcomeUnknown:
                    unknown.add(one.ecg.id)
        after = await added(store, new())
        assert [key for key in await ids(store) if key not in unknown] == before + after
        assert [await ids(store) for _ in range(9)] == [await ids(store)] * 9
    assert [key for key in await ids_of(path) if key not in unknown] == before + after


async def test_a_read_after_locks_failed_needs_no_write(path: Path, disk: FaultyDisk) -> None:
    async with SqliteStore.open(path, IMPATIENT) as store:
        before = await added(store, new())
        with failing_locks(*UNLOCK):
            for _ in range(3):
                with suppress(StorageUnavailable):
                    await ids(store)
        assert await ids(store) == before


# Files.


@pytest.fixture(autouse=True)
def _always_looking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "LOOK_SECONDS", 0)


def beside(path: Path, end: str) -> Path:
    return path.with_name(path.name + end)


def give_another_log(path: Path) -> None:
    """Replace the log by a copy from before."""
    log = beside(path, "-wal")
    old = log.read_bytes()
    log.unlink()
    log.write_bytes(old)


def move_away(path: Path) -> None:
    path.rename(beside(path, ".old"))


def delete(path: Path, ends: Sequence[str]) -> None:
    for end in ends:
        beside(path, end).unlink()


@pytest.mark.parametrize("ends", [("-wal",), ("-shm",), ("-wal", "-shm")], ids="".join)
@pytest.mark.parametrize("first", ["read", "write"])
async def test_a_log_that_is_lost_takes_nothing_with_it(
    path: Path, ends: Sequence[str], first: str
) -> None:
    async with SqliteStore.open(path) as store:
        stored = await added(store, new(), new())
        delete(path, ends)
        if first == "write":
            stored += await added(store, new())
        assert await ids(store) == stored
        stored += await added(store, new())
    assert await ids_of(path) == stored


@pytest.mark.parametrize("ends", [("",), ("", "-wal"), ("", "-wal", "-shm")], ids=len)
async def test_nothing_is_stored_in_a_database_that_is_gone(
    path: Path, ends: Sequence[str]
) -> None:
    async with SqliteStore.open(path) as store:
        await added(store, new())
        delete(path, ends)
        for ask in (store.ecgs.ping, lambda: store.ecgs.add_many([new()]), lambda: ids(store)):
            for _ in range(2):
                with pytest.raises(StorageUnavailable, match="moved away or deleted"):
                    await ask()
    assert path.name not in {file.name for file in path.parent.iterdir()}


async def test_a_database_that_comes_back_is_used_again_and_was_complete_meanwhile(
    path: Path,
) -> None:
    async with SqliteStore.open(path) as store:
        stored = await added(store, new())
        move_away(path)
        with pytest.raises(StorageUnavailable):
            await store.ecgs.ping()
        copy = Path(shutil.copy(beside(path, ".old"), path.parent / "copy.db"))
        assert await ids_of(copy) == stored
        beside(path, ".old").rename(path)
        stored += await added(store, new())
        assert await ids(store) == stored
    assert await ids_of(path) == stored


async def other(path: Path) -> tuple[Path, list[UUID]]:
    """Make another database with an ECG."""
    made = path.parent / "other.db"
    migrate(made)
    async with SqliteStore.open(made) as store:
        return made, await added(store, new())


@pytest.mark.parametrize("first", ["read", "write"])
async def test_a_database_put_in_place_of_another_is_used_from_then_on(
    path: Path, first: str
) -> None:
    """Also if the log of the old one is beside it: that must not meet the new one."""
    replacement, stored = await other(path)
    async with SqliteStore.open(path) as store:
        before = await added(store, new(), new(blob=bytes(100_000)))
        move_away(path)
        replacement.rename(path)
        if first == "write":
            stored += await added(store, new())
        assert await ids(store) == stored
        stored += await added(store, new())
    assert await ids_of(path) == stored
    assert list(check(path)) == list(check(beside(path, ".old"))) == []
    assert await ids_of(beside(path, ".old")) == before


async def test_a_log_of_another_time_is_not_read(path: Path) -> None:
    async with SqliteStore.open(path) as store:
        stored = await added(store, new())
        give_another_log(path)
        for ask in (store.ecgs.ping, lambda: ids(store)):
            with pytest.raises(StorageUnavailable, match="log beside the database"):
                await ask()
        beside(path, "-wal").unlink()
        assert await ids(store) == stored
        stored += await added(store, new())
    assert await ids_of(path) == stored


async def test_a_write_into_a_database_that_is_replaced_meanwhile_is_not_acknowledged(
    path: Path, disk: FaultyDisk
) -> None:
    def move(operation: Operation, *_: object) -> None:
        if operation == "sync" and path.exists():
            move_away(path)

    async with SqliteStore.open(path) as store:
        with disk.failing(move), pytest.raises(OutcomeUnknown, match="replaced while"):
            await store.ecgs.add_many([new()])


@pytest.mark.parametrize("shared", [False, True])
async def test_a_store_that_ends_leaves_no_log_to_the_database_in_its_place(
    path: Path, *, shared: bool
) -> None:
    opened = SqliteStore.open_shared if shared else SqliteStore.open
    async with SqliteStore.open(path) as store:
        kept = await added(store, new())
    other = path.with_name("other.db")
    shutil.copy(path, other)
    async with opened(path) as store:
        await added(store, new())
        other.rename(path)
    assert await ids_of(path) == kept
