"""More `POST /ecg` than the service can store, in an open loop, on a slow disk: 300 a second."""

import asyncio
import base64
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import click
import httpx
import uvloop
from rich.console import Console
from rich.table import Table

from benchmarks.service.load.open_loop import Answer, Client, Stream, closed_loop, offer
from benchmarks.service.servers.apps import HOST
from benchmarks.service.servers.processes import LOAD_CPU, PATIENCE, pinned
from benchmarks.service.servers.running import ADMIN, Running, running
from benchmarks.service.servers.slow_disk import SLOW
from benchmarks.service.servers.stores import folder
from benchmarks.workloads import SIZES, body

BASE, *FACTORS = (0.5, 1.0, 2.0, 5.0, 10.0)
USERS, GREEDY = [f"user{n}" for n in range(20)], "greedy"
PASSWORD = "benchmark-user"
STORED, REFUSED = 201, 503
SYNC_SECONDS, WAIT_SECONDS, WRITE_SECONDS = 0.1, 0.25, 5.0
GOODPUT, SLOWER, REFUSAL_SECONDS = 0.9, 2.0, 0.05


@dataclass(frozen=True, slots=True)
class Load:
    """A load: the answers to it, what readiness said meanwhile, and the goals that it missed."""

    name: str
    answers: Sequence[Answer]
    readiness: Sequence[str]

    def of(self, status: int) -> list[Answer]:
        """Return the answers with a status."""
        return [answer for answer in self.answers if answer.status == status]

    def stored(self, seconds: float) -> int:
        """Return how many ECGs were stored in the time of the load."""
        return sum(answer.at <= seconds for answer in self.of(STORED))

    def worst(self) -> float:
        """Return how much of theirs was stored of the user who fared worst but for the greedy one."""
        each = ([a.status for a in self.answers if a.sender == user] for user in USERS)
        return min(got.count(STORED) / len(got) for got in each if got)


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
        capacity, loads = uvloop.run(_measure(server, seconds, 2 * batch))
    show(loads, capacity, seconds)
    missed = [*_missed(loads, capacity, seconds)]
    if check and missed:
        raise click.ClickException("missed are\n" + "\n".join(missed))


async def _measure(server: Running, seconds: float, senders: int) -> tuple[float, list[Load]]:
    """Return what can be stored in a second, and all loads."""
    _register(server)
    client, requests = (
        Client(HOST, server.port),
        {user: _request(user) for user in [*USERS, GREEDY]},
    )
    for request in requests.values():  # of each user the first one verifies the password
        await client.status_of(request)
    statuses = await closed_loop(client, [requests[user] for user in USERS], senders, seconds)
    capacity = statuses.count(STORED) / seconds
    loads = [
        await _load(server, client, name, streams, seconds)
        for name, streams in plan_of(requests, capacity).items()
    ]
    client.close()
    return capacity, loads


def plan_of(requests: Mapping[str, bytes], capacity: float) -> dict[str, list[Stream]]:
    """Return the streams of each load, by its name."""

    def users(factor: float) -> list[Stream]:
        return [Stream(user, requests[user], factor * capacity / len(USERS)) for user in USERS]

    greedy = Stream(GREEDY, requests[GREEDY], 10 * capacity)
    return {f"{factor:g}x": users(factor) for factor in (BASE, *FACTORS)} | {
        f"{BASE:g}x beside one user at 10x": [*users(BASE), greedy]
    }


async def _load(
    server: Running, client: Client, name: str, streams: Sequence[Stream], seconds: float
) -> Load:
    readiness: list[str] = []
    asking = asyncio.create_task(_ask_readiness(server, readiness))
    answers = await offer(client, streams, seconds)
    asking.cancel()
    with suppress(asyncio.CancelledError):
        await asking
    return Load(name, answers, readiness)


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


def _percentile(answers: Sequence[Answer], percent: int) -> float:
    """Return the seconds within which so many of the answers came; 0 if there is none."""
    seconds = sorted(answer.seconds for answer in answers)
    return seconds[min(len(seconds) - 1, len(seconds) * percent // 100)] if seconds else 0.0


def _missed(loads: Sequence[Load], capacity: float, seconds: float) -> Iterator[str]:
    """Say which goals were missed."""
    base, _, *overloads = loads
    slowest = SLOWER * _percentile(base.of(STORED), 99)
    for load in overloads:
        stored, refused = load.of(STORED), load.of(REFUSED)
        goals = {
            "only 201 and 503": len(stored) + len(refused) == len(load.answers),
            f"{GOODPUT} of the capacity": load.stored(seconds) >= GOODPUT * capacity * seconds,
            f"refusals within {REFUSAL_SECONDS} s": _percentile(refused, 99) <= REFUSAL_SECONDS,
            f"201 within {slowest:.2f} s": _percentile(stored, 99) <= slowest or load is loads[-1],
            "all that others send": load.worst() == 1 or load is not loads[-1],
        }
        yield from (f"{load.name}: {goal}" for goal, is_met in goals.items() if not is_met)


def show(loads: Sequence[Load], capacity: float, seconds: float) -> None:
    """Print a table of the loads."""
    table = Table(
        *("load", "sent/s", "stored/s", "of capacity", "503/s", "of the worst user stored"),
        *("201 p50 ms", "p99", "503 p50 ms", "p99", "readiness"),
        title=f"capacity, in a closed loop: {capacity:.0f} a second",
    )
    for load in loads:
        stored, refused = load.of(STORED), load.of(REFUSED)
        counts = len(load.answers), load.stored(seconds), len(refused)
        sent, good, bad = (count / seconds for count in counts)
        said = {status: load.readiness.count(status) for status in ("pass", "warn", "fail")}
        table.add_row(
            *(load.name, f"{sent:,.0f}", f"{good:,.0f}", f"{good / capacity:.2f}", f"{bad:,.0f}"),
            f"{load.worst():.0%}",
            *(f"{1000 * _percentile(stored, percent):,.0f}" for percent in (50, 99)),
            *(f"{1000 * _percentile(refused, percent):,.1f}" for percent in (50, 99)),
            ", ".join(f"{status} {times}" for status, times in said.items() if times),
        )
    Console(width=140).print(table)
