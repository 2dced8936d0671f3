"""The loads of `just bench overload` in simulated time: the service's own mailbox before a store that takes a given time.

It tells what to expect of a machine that one does not have, and whether the mailbox does what it is to do
where no processor is busy.
"""

import asyncio
from collections.abc import Sequence

import click

from benchmarks.service.load.open_loop import closed_loop, offer
from benchmarks.service.loads import (
    GREEDY,
    REFUSED,
    STORED,
    USERS,
    Load,
    plan_of,
    show,
)
from ecg_service.actors import ActorPool, MailboxFull, MessageExpired
from ecg_service.settings import Settings
from tests.clock import at_once

MILLISECONDS = 1000


class Store:
    """An actor that stores a batch in a time that grows with it."""

    def __init__(self, seconds: float, seconds_each: float) -> None:
        self._seconds, self._seconds_each = seconds, seconds_each

    async def handle(self, batch: Sequence[bytes], /) -> list[int]:
        """Return 201 for each."""
        await asyncio.sleep(self._seconds + self._seconds_each * len(batch))
        return [STORED] * len(batch)


class Simulated:
    """A service of which there is only the mailbox; a request is the name of its sender."""

    def __init__(self, pool: ActorPool[bytes, int]) -> None:
        self._pool = pool

    async def status_of(self, request: bytes) -> int:
        """Return 201 or 503."""
        try:
            return await self._pool.ask(request)
        except (MailboxFull, MessageExpired):
            await asyncio.sleep(0)
            return REFUSED


@click.command()
@click.option("--commit", default=100.0, show_default=True, help="Milliseconds of a transaction.")
@click.option("--each", default=0.8, show_default=True, help="Milliseconds of an ECG in it.")
@click.option("--batch", default=Settings().ingest.ingest_batch, show_default=True)
@click.option("--wait", default=250.0, show_default=True, help="`ingest_wait_seconds`, in ms.")
@click.option("--seconds", default=60.0, show_default=True, help="Of each load.")
def queue(*, commit: float, each: float, batch: int, wait: float, seconds: float) -> None:
    """Simulate what is stored and refused at up to ten times of what a store can take."""
    store = Store(commit / MILLISECONDS, each / MILLISECONDS)
    capacity, loads = at_once(measure(store, batch, wait / MILLISECONDS, seconds))
    show(loads, capacity, seconds)


async def measure(
    store: Store, batch: int, wait: float, seconds: float
) -> tuple[float, list[Load]]:
    """Return what can be stored in a second, and the loads; runs in simulated time."""
    clock = asyncio.get_running_loop().time
    settings = Settings()
    pool = ActorPool[bytes, int](
        lambda: store,
        size=1,
        capacity=settings.ingest.ingest_mailbox,
        batch=batch,
        sender=bytes,
        max_expected_wait=wait,
        max_wait=settings.store.max_write_seconds / 2,
    )
    requests = {user: user.encode() for user in [*USERS, GREEDY]}
    async with pool:
        service = Simulated(pool)
        senders = [requests[user] for user in USERS]
        statuses = await closed_loop(service, senders, 2 * batch, seconds, clock=clock)
        capacity = statuses.count(STORED) / seconds
        loads = list[Load]()
        for name, streams in plan_of(requests, capacity).items():
            answers = await offer(service, streams, seconds, clock=clock)
            loads.append(Load(name, answers, (), max(answer.at for answer in answers)))
    return capacity, loads
