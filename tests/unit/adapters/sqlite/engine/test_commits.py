"""What is answered is what a crash leaves, whichever operation of the disk fails."""

import shutil
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from uuid import UUID

import apsw
import pytest

from ecg_service.adapters.sqlite import Limits, SqliteStore
from ecg_service.adapters.sqlite.engine.sql import execute
from ecg_service.domain.errors import (
    EcgNotFound,
    OutcomeUnknown,
    StorageFull,
    StorageUnavailable,
)
from ecg_service.domain.users import Role
from ecg_service.ports.store import Store
from tests.contract.builders import added, new, user
from tests.faults import Fault, FaultyDisk, Operation

LOG = "-wal"


def fail(operation: Operation, code: int, *, end: str = LOG, times: int = 999) -> Fault:
    """Let so many operations on the files whose names end so fail."""
    left = times

    def fault(done: Operation, name: str, _: int) -> int | None:
        nonlocal left
        if done != operation or not name.endswith(end) or not left:
            return None
        left -= 1
        return code

    return fault


async def ids(store: Store) -> list[UUID]:
    return [ecg.id for ecg in await store.ecgs.page("ann", limit=999)][::-1]


def after_a_crash(path: Path) -> list[UUID]:
    """Return what is there if the process died now."""
    folder = path.parent / "crashed"
    folder.mkdir(exist_ok=True)
    for name in (path.name, path.name + LOG):
        shutil.copy(path.with_name(name), folder / name)
    with closing(apsw.Connection(str(folder / path.name), vfs="unix")) as connection:
        return [
            UUID(bytes=key) for (key,) in execute(connection, "SELECT id FROM ecgs ORDER BY pk")
        ]


async def test_a_commit_that_fails_once_is_made_good(path: Path, disk: FaultyDisk) -> None:
    async with SqliteStore.open(path) as store:
        before = await added(store, new())
        with disk.failing(fail("sync", apsw.SQLITE_IOERR_FSYNC, times=1)):
            during = await added(store, new(), new())
        assert await ids(store) == after_a_crash(path) == before + during
        assert store.statistics().commits == 2


Change = Callable[[Store, UUID], Awaitable[object]]
CHANGES: dict[str, Change] = {
    "delete": lambda store, one: store.ecgs.delete("ann", one),
    "claim": lambda store, one: store.insights.claim([one], now=0),
    "backfill": lambda store, _: store.insights.backfill("rr", 1, limit=9),
    "register": lambda store, _: store.users.add(user("bob")),
    "disable": lambda store, _: store.users.update("ann", disabled=True),
}


@pytest.mark.parametrize("name", CHANGES)
async def test_whatever_is_changed_is_changed_once(path: Path, disk: FaultyDisk, name: str) -> None:
    async with SqliteStore.open(path) as store:
        [one] = await added(store, new("ann", "a"))
        await store.users.add(user("ann", Role.USER))
        with disk.failing(fail("sync", apsw.SQLITE_IOERR_FSYNC, times=1)):
            assert await CHANGES[name](store, one) != 0
        if name == "delete":
            with pytest.raises(EcgNotFound):
                await store.ecgs.get("ann", one)


async def test_while_commits_fail_nobody_can_tell_the_outcome(path: Path, disk: FaultyDisk) -> None:
    async with SqliteStore.open(path) as store:
        before = await added(store, new())
        with disk.failing(fail("sync", apsw.SQLITE_IOERR_FSYNC)):
            for _ in range(2):
                with pytest.raises(OutcomeUnknown):
                    await store.ecgs.add_many([new()])
            assert await ids(store) == before
            assert set(before) < set(after_a_crash(path))
        after = await added(store, new())
        assert await ids(store) == after_a_crash(path) == before + after


@pytest.mark.parametrize(
    ("code", "error"),
    [(apsw.SQLITE_FULL, StorageFull), (apsw.SQLITE_IOERR_WRITE, StorageUnavailable)],
)
async def test_what_was_not_written_is_not_stored(
    path: Path, disk: FaultyDisk, code: int, error: type[StorageUnavailable]
) -> None:
    async with SqliteStore.open(path) as store:
        before = await added(store, new())
        with disk.failing(fail("write", code)), pytest.raises(error):
            await store.ecgs.add_many([new()])
        assert await ids(store) == after_a_crash(path) == before
        after = await added(store, new())
        assert await ids(store) == after_a_crash(path) == before + after


FAULTS: list[tuple[Operation, int]] = [
    ("sync", apsw.SQLITE_IOERR_FSYNC),
    ("write", apsw.SQLITE_IOERR_WRITE),
    ("write", apsw.SQLITE_FULL),
    ("truncate", apsw.SQLITE_IOERR_TRUNCATE),
]


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize(("operation", "code"), FAULTS)
async def test_answers_are_true_whichever_operation_fails(
    path: Path, disk: FaultyDisk, operation: Operation, code: int, times: int
) -> None:
    """Also those of checkpoints, which a short log makes frequent."""
    for first in range(0, 18, 3):
        folder = path.parent / str(first)
        folder.mkdir()
        await check_answers(
            Path(shutil.copy(path, folder)), disk, Failing(operation, code, first, times)
        )


class Failing:
    """Lets the n-th operation of a kind fail, and some after it, on any file."""

    def __init__(self, operation: Operation, code: int, first: int, times: int) -> None:
        self._operation, self._code = operation, code
        self._calls = range(first, first + times)
        self._call = -1

    def __call__(self, operation: Operation, name: str, end: int) -> int | None:
        del name, end
        if operation != self._operation:
            return None
        self._call += 1
        return self._code if self._call in self._calls else None


async def check_answers(path: Path, disk: FaultyDisk, fault: Fault) -> None:
    stored, unknown = list[UUID](), set[UUID]()
    async with SqliteStore.open(path, Limits(wal_bytes=128 * 1024, readers=1)) as store:
        with disk.failing(fault):
            for _ in range(5):
                one = new(blob=bytes(40_000))
                try:
                    stored += await added(store, one)
                except OutcomeUnknown:
                    unknown.add(one.ecg.id)
                except StorageUnavailable:
                    pass
                crashed = after_a_crash(path)
                assert [key for key in crashed if key not in unknown] == stored
        stored += await added(store, new())
        assert await ids(store) == after_a_crash(path)
    async with SqliteStore.open(path) as store:
        assert [key for key in await ids(store) if key not in unknown] == stored
