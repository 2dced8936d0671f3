"""Every write is answered in time, and what was refused is never done."""

import asyncio
import threading
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from types import SimpleNamespace

import apsw
import pytest

from ecg_service.adapters.deadline import Deadline, TooLate
from ecg_service.adapters.sqlite import Limits, SqliteStore
from ecg_service.adapters.sqlite.engine.engine import Engine
from ecg_service.adapters.sqlite.engine.sql import execute
from ecg_service.domain.errors import OutcomeUnknown, StorageUnavailable
from tests.contract.builders import added, new

SHORT = Limits(write_seconds=0.2)


@contextmanager
def locked(path: Path) -> Generator[None]:
    """Hold the lock of those who write."""
    with closing(apsw.Connection(str(path))) as other:
        execute(other, "BEGIN IMMEDIATE")
        yield
        execute(other, "ROLLBACK")


async def test_all_who_wait_for_a_lock_are_refused_and_stay_so(path: Path) -> None:
    async with SqliteStore.open(path, SHORT) as store:
        with locked(path):
            answers = await asyncio.gather(
                *(store.ecgs.add_many([new()]) for _ in range(20)), return_exceptions=True
            )
        # the first may hear from SQLite that the file is locked, the others that their turn never came
        assert {type(answer) for answer in answers} <= {StorageUnavailable, TooLate}
    async with SqliteStore.open(path) as store:
        one = new()
        await added(store, one)
        assert [ecg.id for ecg in await store.ecgs.page("ann", limit=9)] == [one.ecg.id]


async def test_the_outcome_of_a_write_that_hangs_is_unknown_and_of_those_behind_it_is_not(
    path: Path,
) -> None:
    engine, go_on, done = Engine(path, SHORT), threading.Event(), list[str]()

    def hang(_: apsw.Connection) -> None:
        go_on.wait(60)
        done.append("hung")

    def follow(_: apsw.Connection) -> None:
        done.append("followed")

    with closing(engine):
        await engine.start()
        answers = await asyncio.gather(
            engine.write(hang), engine.write(follow), return_exceptions=True
        )
        go_on.set()
    assert [type(answer) for answer in answers] == [OutcomeUnknown, TooLate]
    assert done == ["hung"]


async def test_what_is_too_late_is_not_begun(path: Path) -> None:
    async with SqliteStore.open(path) as store:
        with pytest.raises(StorageUnavailable):
            await store.ecgs.add_many([new()], until=1.0)
        assert await store.ecgs.page("ann", limit=9) == []


def test_a_write_begins_before_the_reserve_and_may_then_begin_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = iter([10.0, 94.0, 95.0, 95.0])
    fake = SimpleNamespace(monotonic=lambda: next(clock))
    monkeypatch.setattr("ecg_service.adapters.deadline.time", fake)
    first, second = Deadline(100.0, reserve=5.0), Deadline(100.0, reserve=5.0)
    assert first.left() == 85.0
    first.begin()
    with pytest.raises(StorageUnavailable):
        second.begin()
    first.begin()  # its commit failed, and whether it is there depends on this one
    with pytest.raises(StorageUnavailable):
        first.left()
