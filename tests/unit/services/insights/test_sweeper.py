import asyncio
import time
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

import pytest

from ecg_service.adapters.core import RustCore
from ecg_service.adapters.memory import MemoryStore
from ecg_service.adapters.memory.insights import MemoryInsights
from ecg_service.domain.errors import StorageUnavailable
from ecg_service.domain.insights import Insight, InsightState
from ecg_service.ports.insights import NEVER
from ecg_service.services.insights.sweeper import Sweeper
from tests.clock import at_once
from tests.contract.builders import insights_of
from tests.queues import ListQueue
from tests.unit.services.insights.pending import (
    LENGTH,
    OWNER,
    actor,
    constant,
    record,
    stored,
    sweeper,
)

PATIENCE = 30


async def test_a_sweep_queues_what_is_pending(store: MemoryStore) -> None:
    queue, keys = ListQueue(), {await stored(store, "length") for _ in range(3)}
    assert await sweeper(store, queue, LENGTH).sweep() is False
    assert set(queue.told) == keys


async def test_a_sweep_says_when_there_is_more(store: MemoryStore) -> None:
    for _ in range(3):
        await stored(store, "length")
    queue = ListQueue()
    assert await sweeper(store, queue, LENGTH, limit=2).sweep() is True
    assert len(queue.told) == 2


@pytest.mark.parametrize(("lease", "again"), [(0, True), (60, False)])
async def test_a_sweep_takes_back_what_was_claimed_too_long_ago(
    store: MemoryStore, lease: float, *, again: bool
) -> None:
    queue, key = ListQueue(), await stored(store, "length")
    await store.insights.claim([key], now=time.monotonic_ns())
    await sweeper(store, queue, LENGTH, lease=lease).sweep()
    assert queue.told == ([key] if again else [])


def test_a_sweeper_first_takes_back_all_that_ran_before_it() -> None:
    """Whatever the clock of the process that claimed it said."""

    async def scenario() -> list[UUID]:
        async with MemoryStore.open() as store:
            queue, key = ListQueue(), await stored(store, "length")
            await store.insights.claim([key], now=2**62)
            async with running(sweeper(store, queue, LENGTH, lease=1e6)):
                await asyncio.sleep(0.001)
            return queue.told

    assert len(at_once(scenario())) == 1


async def test_a_new_insight_is_computed_for_every_stored_ecg(
    store: MemoryStore, core: RustCore
) -> None:
    keys = [await stored(store, "length") for _ in range(3)]
    await actor(store.insights, core, LENGTH).handle(keys)
    queue, new = ListQueue(), Insight("new", 1, constant("found"))
    await sweeper(store, queue, LENGTH, new).sweep()
    await actor(store.insights, core, LENGTH, new).handle(queue.told)
    for key in keys:
        found = {one.name: one.result for one in await insights_of(store, OWNER, key)}
        assert found == {"length": [3], "new": "found"}


async def test_a_new_version_is_computed_anew(store: MemoryStore, core: RustCore) -> None:
    key = await stored(store, "length")
    await actor(store.insights, core, LENGTH).handle([key])
    queue, second = ListQueue(), Insight("length", 2, constant("better"))
    await sweeper(store, queue, second).sweep()
    await actor(store.insights, core, second).handle(queue.told)
    found = await record(store, key)
    assert (found.version, found.state, found.result) == (2, InsightState.DONE, "better")
    again = ListQueue()
    await sweeper(store, again, second).sweep()
    assert again.told == []


@asynccontextmanager
async def running(sweeper: Sweeper) -> AsyncGenerator[None]:
    task = asyncio.create_task(sweeper.run_forever())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_sweeps_go_on_for_ever(store: MemoryStore) -> None:
    queue = ListQueue()
    async with running(sweeper(store, queue, LENGTH)):
        for _ in range(3):
            key = await stored(store, "length")
            async with asyncio.timeout(PATIENCE):
                while key not in queue.told:
                    queue.heard.clear()
                    await queue.heard.wait()


@pytest.mark.parametrize(("limit", "pause"), [(3, 10), (2, 1)])
def test_the_next_sweep_comes_sooner_when_there_is_more(limit: int, pause: float) -> None:
    async def scenario() -> list[float]:
        async with MemoryStore.open() as store:
            for _ in range(2):
                await stored(store, "length")
            queue = TimingQueue()
            working = Sweeper(store.insights, queue, [LENGTH], interval=10, lease=60, limit=limit)
            async with running(working):
                await asyncio.sleep(25)
            return queue.times

    assert at_once(scenario())[:3] == [0, pause, 2 * pause]


@dataclass
class TimingQueue(ListQueue):
    """Keeps the time of each call."""

    times: list[float] = field(default_factory=list[float])

    def put(self, ecg_ids: Iterable[UUID]) -> None:
        self.times.append(asyncio.get_running_loop().time())


@dataclass
class OnceFailingQueue(TimingQueue):
    """Fails the first time."""

    error: Exception = field(default_factory=Exception)

    def put(self, ecg_ids: Iterable[UUID]) -> None:
        super().put(ecg_ids)
        if len(self.times) == 1:
            raise self.error


@pytest.mark.parametrize("error", [StorageUnavailable("down"), ValueError("a fault of ours")])
def test_the_sweep_after_a_failed_one_comes_no_sooner(error: Exception) -> None:
    async def scenario() -> list[float]:
        async with MemoryStore.open() as store:
            queue = OnceFailingQueue(error=error)
            working = Sweeper(store.insights, queue, [LENGTH], interval=10, lease=60, limit=3)
            async with running(working):
                await asyncio.sleep(25)
            return queue.times

    assert at_once(scenario()) == [0, 10, 20]


@dataclass
class FailingQueue(ListQueue):
    """Fails a few times, then sets `recovered`."""

    failures: list[Exception] = field(default_factory=list[Exception])
    recovered: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, ecg_ids: Iterable[UUID]) -> None:
        if self.failures:
            raise self.failures.pop()
        self.recovered.set()


async def test_a_failing_sweep_is_not_the_last(store: MemoryStore) -> None:
    queue = FailingQueue(failures=[StorageUnavailable("down"), ValueError("a fault of ours")])
    async with running(sweeper(store, queue, LENGTH)), asyncio.timeout(PATIENCE):
        await queue.recovered.wait()
    assert queue.failures == []


class DamagedInsights(MemoryInsights):
    """Of which only the pending ones can be read."""

    async def pending(self, *, limit: int, since: UUID | None = None) -> list[UUID]:
        return [UUID(int=1)]

    async def release(self, *, claimed_before: int = NEVER) -> int:
        raise StorageUnavailable("damaged")

    async def backfill(self, name: str, version: int, *, limit: int) -> int:
        raise StorageUnavailable("damaged")


async def test_what_is_pending_is_queued_although_all_else_is_damaged() -> None:
    queue, insights = ListQueue(), DamagedInsights({})
    working = Sweeper(insights, queue, [LENGTH], interval=60, lease=60, limit=9)
    async with running(working), asyncio.timeout(PATIENCE):
        await queue.heard.wait()
    assert queue.told == [UUID(int=1)]
