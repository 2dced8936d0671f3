import asyncio
import signal
from collections.abc import Callable
from pathlib import Path
from threading import Event
from uuid import UUID

import apsw
import pytest

from ecg_service.adapters.sqlite import Limits, SqliteStore
from ecg_service.adapters.sqlite.engine.connections import open_reader, open_writer
from ecg_service.adapters.sqlite.engine.sql import execute
from ecg_service.domain.stored import StoredEcg
from ecg_service.domain.users import Role
from ecg_service.ports.store import StoreStatistics
from tests.contract.builders import added, insights_of, new, user
from tests.unit.adapters.sqlite.conftest import Script

ADD_AND_DIE = """
import asyncio, os, signal, sys
from pathlib import Path
from ecg_service.adapters.sqlite import SqliteStore
from tests.contract.builders import added, new

async def main() -> None:
    async with SqliteStore.open(Path(sys.argv[1])) as store:
        for _ in range(20):
            for one in await added(store, *(new("ann", "qrs") for _ in range(5))):
                print(one, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


async def test_a_restart_sees_everything(path: Path) -> None:
    one = new("ann", "a", "b", client_id="1", fingerprint=b"f")
    async with SqliteStore.open(path) as store:
        await added(store, one)
        claims = await store.insights.claim([one.ecg.id], now=0)
        await store.users.add(user("root", Role.ADMIN))
    async with SqliteStore.open(path) as store:
        stored = await store.ecgs.get("ann", one.ecg.id)
        assert (stored.ecg, stored.blob) == (one.ecg, one.blob)
        found = await insights_of(store, "ann", one.ecg.id)
        assert tuple(found) == claims[0].insights
        assert await store.users.get("root") == user("root", Role.ADMIN)
        assert await store.ecgs.add_many([one]) == [one.ecg.id]


async def test_what_was_answered_outlives_the_process(path: Path, script: Script) -> None:
    died = script(ADD_AND_DIE, path)
    assert died.returncode == -signal.SIGKILL, died.stderr
    async with SqliteStore.open(path) as store:
        ids = [UUID(line) for line in died.stdout.split()]
        assert len(ids) == 100
        assert [e.id for e in await store.ecgs.page("ann", limit=999)] == ids[::-1]
        assert await store.insights.pending(limit=999) == ids


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("secure_delete", 1),
        ("trusted_schema", 0),
        ("cell_size_check", 1),
        ("page_size", 16_384),
        ("wal_autocheckpoint", 0),
    ],
)
def test_the_writer_is_set_up(path: Path, pragma: str, value: object) -> None:
    connection = open_writer(path, Limits())
    assert execute(connection, f"PRAGMA {pragma}") == [(value,)]
    connection.close()


def test_a_reader_cannot_write(path: Path) -> None:
    connection = open_reader(path, Limits())
    with pytest.raises(apsw.ReadOnlyError):
        execute(connection, "DELETE FROM users")
    connection.close()


async def test_the_log_stays_short(path: Path) -> None:
    log = path.with_name(path.name + "-wal")
    limits = Limits(wal_bytes=256 * 1024)
    async with SqliteStore.open(path, limits) as store:
        for _ in range(40):
            await added(store, new(blob=bytes(60_000)))
        assert log.stat().st_size < 4 * limits.wal_bytes


def size(path: Path) -> int:
    return path.stat().st_size


async def test_the_log_is_copied_back_once_it_has_its_size(path: Path) -> None:
    async with SqliteStore.open(path, Limits(wal_bytes=1024 * 1024)) as store:
        sizes = [size(path)]
        for _ in range(3):
            await added(store, new(blob=bytes(500_000)))
            sizes.append(size(path))
    assert sizes[1] == sizes[0]
    assert sizes[3] > sizes[0] + 900_000  # in part into pages that a migration has left free


async def test_the_log_is_copied_back_sooner_while_nobody_writes(path: Path) -> None:
    limits = Limits(lull_bytes=1024 * 1024)
    async with SqliteStore.open(path, limits) as store:
        before = size(path)
        for _ in range(3):
            await added(store, new(blob=bytes(500_000)))
        await until(lambda: size(path) > before + 1_000_000)
        await added(store, new(blob=bytes(500_000)))  # a log that has begun anew
        copied = size(path)
        for _ in range(2):
            await added(store, new(blob=bytes(500_000)))
        await until(lambda: size(path) > copied + 1_000_000)


async def test_the_log_is_not_copied_back_while_others_wait_to_write(path: Path) -> None:
    goes_on = Event()

    def read() -> list[StoredEcg]:
        assert goes_on.wait(20)
        return [new()]

    async with SqliteStore.open(path, Limits(lull_bytes=1)) as store:
        before = size(path)
        first = asyncio.ensure_future(added(store, new(blob=bytes(500_000))))
        await asyncio.sleep(0)
        second = asyncio.ensure_future(store.ecgs.add_read(read))
        await first
        await asyncio.sleep(0.05)
        assert size(path) == before
        goes_on.set()
        await second
        await until(lambda: size(path) > before + 400_000)


async def until(found: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not found():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_a_long_read_only_delays_the_log(path: Path) -> None:
    log = path.with_name(path.name + "-wal")
    limits = Limits(wal_bytes=64 * 1024, busy_seconds=0.0)
    reader = open_reader(path, limits)
    async with SqliteStore.open(path, limits) as store:
        await added(store, new())
        execute(reader, "BEGIN")
        execute(reader, "SELECT count(*) FROM ecgs")
        for _ in range(20):
            await added(store, new(blob=bytes(60_000)))
        assert log.stat().st_size > 4 * limits.wal_bytes
        execute(reader, "COMMIT")
        for _ in range(60):
            await added(store, new(blob=bytes(60_000)))
        assert log.stat().st_size < 4 * limits.wal_bytes
    reader.close()


async def test_deleted_samples_are_gone_from_the_files(path: Path) -> None:
    canary = b"canary" * 20_000
    async with SqliteStore.open(path) as store:
        [one] = await added(store, new(blob=canary))
        await store.ecgs.delete("ann", one)
    assert not [f for f in path.parent.iterdir() if canary[:64] in f.read_bytes()]


async def test_statistics_tell_that_the_log_is_empty(path: Path) -> None:
    async with SqliteStore.open(path, Limits(wal_bytes=1)) as store:
        await added(store, new(blob=bytes(100_000)))  # more than four times the limit
        assert store.statistics().log_bytes == 0


async def test_statistics_tell_of_commits_and_of_the_log(path: Path) -> None:
    async with SqliteStore.open(path) as store:
        assert store.statistics() == StoreStatistics()
        for _ in range(3):
            await added(store, new())
        found = store.statistics()
        log = path.with_name(path.name + "-wal").stat().st_size
        assert (found.commits, found.waiting_reads, found.waiting_writes) == (3, 0, 0)
        assert 0 < found.log_bytes <= log < 1.1 * found.log_bytes
