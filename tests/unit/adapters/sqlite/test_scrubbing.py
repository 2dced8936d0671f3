"""What was deleted is in no file of the database any more."""

import os
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

import apsw
import pytest

from ecg_service.adapters.sqlite import SqliteStore
from ecg_service.adapters.sqlite.engine.sql import execute
from ecg_service.adapters.sqlite.rows.parts import WHOLE
from ecg_service.domain.errors import StorageUnavailable
from ecg_service.services.retention import erase
from tests.contract.builders import added, new, user

CANARY = os.urandom(64)


def files_with(canary: bytes, path: Path) -> list[str]:
    """Return the files of the database that hold it."""
    files = path.parent.glob(f"{path.name}*")
    return sorted(file.name for file in files if canary in file.read_bytes())


@contextmanager
def reading(path: Path) -> Generator[None]:
    """Hold a snapshot of the database, as a backup does."""
    with closing(apsw.Connection(str(path))) as other:
        execute(other, "BEGIN")
        execute(other, "SELECT count(*) FROM ecgs")
        yield


@pytest.mark.parametrize("size", [0, WHOLE + 1])
async def test_neither_the_tables_nor_the_log_hold_what_was_deleted(path: Path, size: int) -> None:
    one = new("ann", blob=bytes(size) + CANARY)
    async with SqliteStore.open(path) as store:
        await added(store, new("bob"), one, new("bob"))
        assert files_with(CANARY, path)
        await store.ecgs.delete("ann", one.ecg.id)
        assert files_with(CANARY, path) == [f"{path.name}-wal"]
        await store.ecgs.scrub()
        assert files_with(CANARY, path) == []


async def test_a_log_without_deletions_is_left_alone(path: Path) -> None:
    async with SqliteStore.open(path) as store:
        await added(store, new("ann", blob=CANARY))
        before = path.with_name(f"{path.name}-wal").stat().st_size
        await store.ecgs.scrub()
        assert path.with_name(f"{path.name}-wal").stat().st_size == before > 0


async def test_a_user_is_erased_beside_a_running_service(path: Path) -> None:
    async with SqliteStore.open(path) as service:
        await service.users.add(user("ann"))
        await added(service, new("ann", blob=CANARY), new("bob"))
        async with SqliteStore.open_beside(path) as beside:
            assert [count async for count in erase(beside, "ann")] == [1]
        assert files_with(CANARY, path) == []
        await added(service, new("bob"))


async def test_a_reader_holds_up_scrubbing_until_the_next_time(path: Path) -> None:
    async with SqliteStore.open(path) as store:
        [one] = await added(store, new("ann", blob=CANARY))
        await store.ecgs.delete("ann", one)
        with reading(path), pytest.raises(StorageUnavailable):
            await store.ecgs.scrub()
        await store.ecgs.scrub()
        assert files_with(CANARY, path) == []
