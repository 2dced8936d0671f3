import asyncio
import time

import pytest

from ecg_service.adapters.postgres import Limits
from ecg_service.adapters.postgres.engine.engine import Engine
from ecg_service.adapters.postgres.engine.sql import Connection
from ecg_service.domain.errors import Overloaded, StorageUnavailable
from tests.postgres import execute

SLEEP = "SELECT pg_sleep(60)"


async def test_a_call_beyond_the_queue_is_refused(url: str) -> None:
    limits = Limits(read_connections=1, waiting_reads=2)
    release = asyncio.Event()

    async def hold(_: Connection) -> None:
        await release.wait()

    async with Engine.opened(url, limits) as engine:
        held = [asyncio.create_task(engine.read(hold)) for _ in range(3)]
        await asyncio.sleep(0)
        assert engine.statistics().waiting_reads == 2
        with pytest.raises(Overloaded):
            await engine.read(hold)
        release.set()
        await asyncio.gather(*held)
        assert engine.statistics().waiting_reads == 0


async def test_what_takes_too_long_ends_and_leaves_the_connection_to_others(url: str) -> None:
    limits = Limits(read_connections=1, write_connections=1, read_seconds=0.2, write_seconds=0.2)
    async with Engine.opened(url, limits) as engine:
        for run in (engine.read, engine.write):
            with pytest.raises(StorageUnavailable):
                await run(lambda connection: connection.execute(SLEEP))
    async with Engine.opened(url, Limits(read_connections=1)) as engine:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await engine.read(lambda connection: connection.execute(SLEEP))
        assert await engine.read(lambda connection: connection.fetchval("SELECT 1")) == 1


async def test_a_read_writes_nothing(url: str) -> None:
    async with Engine.opened(url, Limits()) as engine:
        with pytest.raises(StorageUnavailable, match="read-only"):
            await engine.read(lambda connection: connection.execute("DELETE FROM pings"))


async def test_a_connection_that_the_server_ends_is_replaced(url: str) -> None:
    end = "SELECT pg_terminate_backend(pg_backend_pid())"
    async with Engine.opened(url, Limits(read_connections=1)) as engine:
        for _ in range(3):
            with pytest.raises(StorageUnavailable):
                await engine.read(lambda connection: connection.execute(end))
            assert await engine.read(lambda connection: connection.fetchval("SELECT 1")) == 1


async def test_a_connection_that_the_server_ends_between_two_statements_is_lost(url: str) -> None:
    async def work(connection: Connection) -> None:
        pid = await connection.fetchval("SELECT pg_backend_pid()")
        execute(
            f"SELECT pg_terminate_backend({pid})", url=url
        )  # the loop hears of nothing meanwhile
        time.sleep(0.1)  # noqa: ASYNC251 - the loop must stand still
        for _ in range(2):
            await asyncio.sleep(0)  # long enough to read why it ends, but not that it has
        await connection.copy_records_to_table("pings", records=[], columns=["content"])

    async with Engine.opened(f"{url}&sslmode=disable", Limits(write_connections=1)) as engine:
        with pytest.raises(StorageUnavailable):
            await engine.write(work)
        assert await engine.write(lambda connection: connection.fetchval("SELECT 1")) == 1


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("127.0.0.1:1/test", r"cannot be reached: \w+ \(postgresql://127.0.0.1:1/test\)"),
        ("127.0.0.1/nowhere", r'no such database: .* \(.*"nowhere".*; postgresql://127.0.0.1/no'),
    ],
)
async def test_what_cannot_be_reached_says_so(url: str, place: str, reason: str) -> None:
    with pytest.raises(StorageUnavailable, match=reason):
        async with Engine.opened(f"postgresql://postgres@{place}", Limits()):
            pass
