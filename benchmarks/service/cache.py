"""`just bench cache`: an ECG of 12 x 5,000 read through the repository of PostgreSQL, and behind Redis."""

import asyncio
import os
import secrets
import statistics
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import UUID

import click
import uvloop
from rich.console import Console
from rich.table import Table

from benchmarks.service.postgres import ANN, SAMPLES, URL, ecg_of
from benchmarks.workloads import body, signals
from ecg_core import Signal, pack
from ecg_service.adapters.cache import CachedStore, Limits
from ecg_service.adapters.cache.cache import keys_of
from ecg_service.adapters.postgres.engine.sql import connect
from ecg_service.bootstrap.stores import database_from_url
from ecg_service.ports.ecgs import EcgRepository

REDIS_URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/1")
RATIO = 0.5
KEPT = 32

Read = Callable[[EcgRepository, UUID], Awaitable[object]]
READS: dict[str, Read] = {
    "the whole ECG, in a thread": lambda ecgs, one: ecgs.read(
        ANN.name, one, lambda _, blob: blob.size
    ),
    "the whole ECG": lambda ecgs, one: ecgs.get(ANN.name, one),
    "without its samples": lambda ecgs, one: ecgs.get(ANN.name, one, samples=False),
}


@click.command()
@click.option("--rounds", default=15, show_default=True, help="Each measures everything once.")
@click.option("--reads", default=200, show_default=True, help="In a measurement.")
@click.option("--readers", default=1, show_default=True, help="Reads at once.")
@click.option("--check", is_flag=True, help="Fail where a goal is missed.")
def cache(*, rounds: int, reads: int, readers: int, check: bool) -> None:
    """Measure reads of ECGs of 12 x 5,000; TEST_POSTGRES_URL and TEST_REDIS_URL name the servers."""
    found = uvloop.run(_measure(rounds, reads, readers))
    table = Table(
        "", "PostgreSQL", "a miss", "a hit", "a hit beside PostgreSQL", "by processor time"
    )
    ratios: list[float] = []
    for name, sides in found.items():
        store, miss, hit = (sides[side] for side in ("store", "miss", "hit"))
        wall, processor = (
            statistics.median(mine[n] / other[n] for mine, other in zip(hit, store, strict=True))
            for n in (0, 1)
        )
        times = (f"{statistics.median(t for t, _ in side):,.0f} µs" for side in (store, miss, hit))
        table.add_row(name, *times, f"{wall:.2f}", f"{processor:.2f}")
        ratios.append(wall)
    Console().print(table)
    if check and max(ratios) > RATIO:
        raise click.ClickException(f"a hit takes more than {RATIO} of a read of PostgreSQL")


Taken = tuple[float, float]
"""Microseconds of a read, and those of the processor in this process."""


async def _measure(rounds: int, reads: int, readers: int) -> dict[str, dict[str, list[Taken]]]:
    taken: dict[str, dict[str, list[Taken]]] = {
        name: {"store": [], "miss": [], "hit": []} for name in READS
    }
    async with _stores() as (store, cached, ids):
        for _ in range(rounds):
            for name, read in READS.items():
                for one in ids:
                    await cached.cache.drop(*keys_of(ANN.name, one))
                sides = {
                    "store": (store, reads),
                    "miss": (cached.ecgs, len(ids)),
                    "hit": (cached.ecgs, reads),
                }
                for side, (ecgs, count) in sides.items():
                    wanted = [ids[n % len(ids)] for n in range(count)]
                    taken[name][side].append(await _timed(read, ecgs, wanted, readers))
    return taken


async def _timed(read: Read, ecgs: EcgRepository, wanted: list[UUID], readers: int) -> Taken:
    async def some(number: int) -> None:
        for one in wanted[number::readers]:
            await read(ecgs, one)

    begun, processor = time.perf_counter(), time.process_time()
    await asyncio.gather(*(some(number) for number in range(readers)))
    each = 1e6 / len(wanted)
    return (time.perf_counter() - begun) * each, (time.process_time() - processor) * each


@asynccontextmanager
async def _stores() -> AsyncGenerator[tuple[EcgRepository, CachedStore, list[UUID]]]:
    """Make a schema with ECGs, and drop it after the block."""
    blob = pack([Signal(one) for one in signals(body(SAMPLES))])
    click.echo(f"blobs of {len(blob):,} bytes")
    name = f"bench_{secrets.token_hex(8)}"
    url = f"{URL}{'&' if '?' in URL else '?'}search_path={name}"
    connection = await connect(url, {}, seconds=5)
    await connection.execute(f"CREATE SCHEMA {name}")
    try:
        database = database_from_url(url)
        await asyncio.to_thread(database.migrate)
        async with (
            database.open() as store,
            CachedStore.open(store, REDIS_URL, Limits(call_seconds=10)) as cached,
        ):
            await store.users.add(ANN)
            made = [ecg_of(blob, named=False) for _ in range(KEPT)]
            await store.ecgs.add_many(made)
            ids = [one.ecg.id for one in made]
            yield store.ecgs, cached, ids
            for one in ids:
                await cached.ecgs.delete(ANN.name, one)
            assert not cached.statistics().cache.errors  # pyright: ignore[reportOptionalMemberAccess]
    finally:
        await connection.execute(f"DROP SCHEMA {name} CASCADE")
        connection.terminate()
