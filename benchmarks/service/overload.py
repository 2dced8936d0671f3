"""More `POST /ecg` than the service can store, in an open loop, on a slow disk: 300 a second."""

import asyncio
import base64
import time
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import click
import httpx
import uvloop

from benchmarks.service.load.open_loop import Client, Stream, closed_loop, offer
from benchmarks.service.loads import GREEDY, STORED, USERS, Load, missed, plan_of, show
from benchmarks.service.servers.apps import HOST
from benchmarks.service.servers.processes import LOAD_CPU, PATIENCE, pinned
from benchmarks.service.servers.running import ADMIN, Running, running
from benchmarks.service.servers.slow_disk import SLOW
from benchmarks.service.servers.stores import folder, wait_for_insights
from benchmarks.workloads import SIZES, body

T = TypeVar("T")

PASSWORD = "benchmark-user"
SYNC_SECONDS, WAIT_SECONDS, WRITE_SECONDS = 0.1, 0.25, 5.0


@click.command()
@click.option("--seconds", default=10.0, show_default=True, help="Of each load.")
@click.option("--batch", default=32, show_default=True, help="ECGs in a transaction.")
@click.option(
    "--slower", default=1.0, show_default=True, help="Times as slow a disk, and as long waits."
)
@click.option("--check", is_flag=True, help="Fail where a goal is missed.")
def overload(*, seconds: float, batch: int, slower: float, check: bool) -> None:
    """Measure what is stored and refused at up to ten times of what the disk can take.

    The disk takes a tenth of a second for a transaction. On a busy machine take a slower one.
    """
    settings = {
        SLOW: str(slower * SYNC_SECONDS),
        "ECG_INGEST_BATCH": str(batch),
        "ECG_INGEST_WAIT_SECONDS": str(slower * WAIT_SECONDS),
        "ECG_MAX_WRITE_SECONDS": str(slower * WRITE_SECONDS),
    }
    with (
        pinned({LOAD_CPU}),
        folder() as place,
        running("slow", place / "ecg.db", settings) as server,
    ):
        bench = _Bench(server, place / "ecg.db", seconds)
        capacity, loads = uvloop.run(bench.measure(2 * batch))
    show(loads, capacity, seconds)
    unmet = [*missed(loads, capacity)]
    if check and unmet:
        raise click.ClickException("missed are\n" + "\n".join(unmet))


@dataclass(frozen=True, slots=True)
class _Bench:
    """A server with its database, and for how many seconds each load is offered."""

    server: Running
    database: Path
    seconds: float

    async def measure(self, senders: int) -> tuple[float, list[Load]]:
        """Return what can be stored in a second, and all loads."""
        _register(self.server)
        client = Client(HOST, self.server.port)
        requests = {user: _request(user) for user in [*USERS, GREEDY]}
        for request in requests.values():  # of each user the first one verifies the password
            await client.status_of(request)
        statuses, took = await self._done(
            closed_loop(client, [requests[user] for user in USERS], senders, self.seconds)
        )
        capacity = statuses.count(STORED) / took
        plan = plan_of(requests, capacity)
        loads = [await self._load(client, name, streams) for name, streams in plan.items()]
        client.close()
        return capacity, loads

    async def _load(self, client: Client, name: str, streams: Sequence[Stream]) -> Load:
        readiness: list[str] = []
        asking = asyncio.create_task(_ask_readiness(self.server, readiness))
        answers, took = await self._done(offer(client, streams, self.seconds))
        asking.cancel()
        with suppress(asyncio.CancelledError):
            await asking
        return Load(name, answers, readiness, took)

    async def _done(self, work: Awaitable[T]) -> tuple[T, float]:
        """Return what the work returns, and how long it took until all insights were done."""
        begun = time.perf_counter()
        result = await work
        await asyncio.to_thread(wait_for_insights, self.database)
        return result, time.perf_counter() - begun


async def _ask_readiness(server: Running, readiness: list[str]) -> None:
    async with httpx.AsyncClient(base_url=server.url, trust_env=False) as anyone:
        while True:
            readiness.append((await anyone.get("/health/ready")).json()["status"])
            await asyncio.sleep(0.1)


def _register(server: Running) -> None:
    for user in [*USERS, GREEDY]:
        account = {"username": user, "password": PASSWORD}
        answer = httpx.post(
            f"{server.url}/users", json=account, auth=ADMIN, timeout=PATIENCE, trust_env=False
        )
        answer.raise_for_status()


def _request(user: str) -> bytes:
    content = body(SIZES["12 x 500"])
    credentials = base64.b64encode(f"{user}:{PASSWORD}".encode()).decode()
    head = (
        f"POST /ecg HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Basic {credentials}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content
