"""`just bench postgres`: durable ECGs through the repository, beside bare binary COPYs."""

import asyncio
import os
import secrets
import statistics
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import click
import uvloop
from msgspec.structs import replace
from rich.console import Console
from rich.table import Table

from benchmarks.workloads import body, signals
from ecg_core import Signal, pack
from ecg_service.adapters.postgres.adding import COLUMNS, Batch
from ecg_service.adapters.postgres.engine.sql import Connection, connect
from ecg_service.adapters.postgres.tables import ECGS, INSIGHTS
from ecg_service.bootstrap.stores import database_from_url
from ecg_service.domain.ecg import Ecg, Lead
from ecg_service.domain.ids import next_id
from ecg_service.domain.insights import InsightRecord, InsightState
from ecg_service.domain.principal import Principal
from ecg_service.domain.stored import StoredEcg
from ecg_service.domain.users import Role, User

URL = os.environ.get(
    "TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/test?sslmode=disable"
)
SAMPLES = 5_000
RATIO, RATE = 0.9, 3_500
RAW = """
    CREATE TABLE raw (id uuid PRIMARY KEY, blob bytea NOT NULL);
    ALTER TABLE raw ALTER COLUMN blob SET STORAGE EXTERNAL
"""
ANN = User("ann", Role.USER, "hash", datetime.now(UTC))

Store = Callable[[Any], Awaitable[object]]
Rows = tuple[str, Sequence[str], Sequence[tuple[object, ...]]]
"""The name of a table, its columns, and rows for it."""


@click.command()
@click.option("--rounds", default=15, show_default=True, help="Each measures everything once.")
@click.option("--batches", default=20, show_default=True, help="Transactions in a measurement.")
@click.option("--batch", default=32, show_default=True, help="ECGs in a transaction.")
@click.option("--writers", default=1, show_default=True, help="Transactions at once.")
@click.option("--check", is_flag=True, help="Fail where a goal is missed.")
def postgres(*, rounds: int, batches: int, batch: int, writers: int, check: bool) -> None:
    """Measure ECGs of 12 x 5,000 that `--writers` store; TEST_POSTGRES_URL names the server.

    "Their rows" are bare COPYs of the same rows, made before, into the same tables, in one
    transaction. "Their blobs" is one of ids and blobs and nothing else: no owner, lead, insight,
    index or checksum.
    """
    found = uvloop.run(_measure(rounds, batches, batch, writers))
    names = {
        "repository": "through the repository",
        "named": "… each with an id of its sender and an idempotency key",
        "rows": "bare COPY of their rows",
        "raw": "bare COPY of their blobs",
    }
    table = Table(
        *("", "ECGs/s", "least", "most", "beside their rows", "beside their blobs"),
        caption="medians of the rounds",
    )
    for name, shown in names.items():
        rates = found[name]
        table.add_row(
            shown,
            *(f"{one:,.0f}" for one in (statistics.median(rates), min(rates), max(rates))),
            *(f"{_ratio(found, name, beside):.2f}" for beside in ("rows", "raw")),
        )
    Console().print(table)
    if check and (
        _ratio(found, "repository", "rows") < RATIO or statistics.median(found["repository"]) < RATE
    ):
        raise click.ClickException(f"less than {RATE:,}/s, or {RATIO} of a bare COPY of the rows")


def _ratio(found: dict[str, list[float]], name: str, beside: str) -> float:
    pairs = zip(found[name], found[beside], strict=True)
    return statistics.median(one / other for one, other in pairs)


async def _measure(rounds: int, batches: int, batch: int, writers: int) -> dict[str, list[float]]:
    blob = pack([Signal(one) for one in signals(body(SAMPLES))])
    click.echo(f"blobs of {len(blob):,} bytes, {batch} in a transaction")
    rates: dict[str, list[float]] = {"repository": [], "named": [], "rows": [], "raw": []}
    async with _stores(writers) as stores:
        for _ in range(rounds):
            for name, store in stores.items():
                made = [
                    PREPARED.get(name, _as_is)(
                        [ecg_of(blob, named=name == "named") for _ in range(batch)]
                    )
                    for _ in range(batches)
                ]
                begun = time.perf_counter()
                await asyncio.gather(*(_all(store, made[n::writers]) for n in range(writers)))
                rates[name].append(batches * batch / (time.perf_counter() - begun))
    return rates


@asynccontextmanager
async def _stores(writers: int) -> AsyncGenerator[dict[str, Store]]:
    """Make a schema, and drop it after the block."""
    name = f"bench_{secrets.token_hex(8)}"
    url = f"{URL}{'&' if '?' in URL else '?'}search_path={name}"
    connection = await connect(url, {}, seconds=5)
    await connection.execute(f"CREATE SCHEMA {name}")
    try:
        database = database_from_url(url)
        await asyncio.to_thread(database.migrate)
        await connection.execute(RAW)
        async with database.open() as store:
            await store.users.add(ANN)
            async with AsyncExitStack() as stack:
                idle = [await connect(url, {}, seconds=5) for _ in range(writers)]
                for one in idle:
                    stack.callback(one.terminate)
                yield {
                    "repository": store.ecgs.add_many,
                    "named": store.ecgs.add_many,
                    "rows": lambda tables: _copy(idle, tables),
                    "raw": lambda tables: _copy(idle, tables),
                }
    finally:
        await connection.execute(f"DROP SCHEMA {name} CASCADE")
        connection.terminate()


async def _all(store: Store, batches: Sequence[Any]) -> None:
    for one in batches:
        await store(one)


async def _copy(idle: list[Connection], tables: Sequence[Rows]) -> None:
    """Store rows of several tables in one durable transaction."""
    connection = idle.pop()
    await connection.execute("BEGIN")
    for name, columns, rows in tables:
        await connection.copy_records_to_table(name, records=rows, columns=columns)
    await connection.execute("COMMIT")
    idle.append(connection)


def _as_is(batch: Sequence[StoredEcg]) -> Sequence[StoredEcg]:
    return batch


def _rows(batch: Sequence[StoredEcg]) -> list[Rows]:
    rows = Batch(batch, together=False).rows
    kept = [row for _, insights in rows for row in insights]
    return [(ECGS.name, COLUMNS, [row for row, _ in rows]), (INSIGHTS.name, INSIGHTS.names, kept)]


def _blobs(batch: Sequence[StoredEcg]) -> list[Rows]:
    return [("raw", ["id", "blob"], [(one.ecg.id, one.blob) for one in batch])]


PREPARED = {"rows": _rows, "raw": _blobs}
"""What is copied bare is made before the time begins."""


def ecg_of(blob: bytes, *, named: bool) -> StoredEcg:
    """Return an ECG as ingest makes it, with the insights that are cheap."""
    leads = tuple(Lead(f"V{number}", SAMPLES) for number in range(12))
    ecg = Ecg(next_id(), ANN.name, datetime.now(UTC), leads, 500.0)
    result = [{"name": lead.name, "zero_crossings": 123} for lead in leads]
    insights = tuple(
        InsightRecord(ecg.id, name, 1, InsightState.DONE, 1, result)
        for name in ("statistics", "zero_crossings")
    )
    one = StoredEcg(ecg, insights, blob, sender=Principal.of(ANN))
    if not named:
        return one
    key = str(ecg.id)
    return replace(one, ecg=replace(ecg, client_id=key), key=key, fingerprint=bytes(32))
