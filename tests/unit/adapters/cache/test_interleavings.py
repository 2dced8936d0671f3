"""However reads, deletions and insights of two processes meet, and what happens to the server meanwhile."""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ecg_service.adapters.memory import MemoryStore
from ecg_service.domain.errors import EcgNotFound
from ecg_service.domain.insights import InsightRecord, InsightState
from ecg_service.ports.store import Store
from tests.contract.builders import added, new
from tests.proxy import Proxy, proxying
from tests.redis import OwnServer, own_server
from tests.unit.adapters.cache.stores import Slow, cached

What = Literal["read", "read all", "delete", "settle", "go on", "flush", "cut", "heal"]
STEPS = st.lists(
    st.tuples(st.sampled_from(What.__args__), st.integers(0, 3)), min_size=2, max_size=25
)
WHERE = "127.0.0.1"


def progress(record: InsightRecord) -> int:
    """Return how far an insight has come: it settles, then a backfill makes the next version pending."""
    return 2 * record.version + record.is_final


class Interleaving:
    """One ECG, and what has been answered about it: whoever asks later must not hear less."""

    def __init__(self, slow: Slow, stores: list[Store], proxy: Proxy, server: OwnServer) -> None:
        self.slow, self.stores, self.proxy, self.server = slow, stores, proxy, server
        self.deleted = False
        self.settled = 2
        self.settling = asyncio.Lock()
        self.tasks: list[asyncio.Task[None]] = []

    async def run(self, steps: list[tuple[What, int]]) -> None:
        [self.ecg_id] = await added(self.slow.store, new("ann", "a"))
        self.slow.is_open = False
        for what, number in steps:
            await self.step(what, number)
            await asyncio.sleep(0.001)
        self.proxy.fault = lambda _: None
        self.slow.open()
        for task in self.tasks:
            await task
        for samples in (True, False):
            for store in self.stores:
                await self.read(store, samples=samples)

    async def step(self, what: What, number: int) -> None:
        store = self.stores[number % 2]
        match what:
            case "read" | "read all":
                self.start(self.read(store, samples=what == "read all"))
            case "delete":
                self.start(self.delete(store))
            case "settle":
                self.start(self.settle(store))
            case "go on":
                self.slow.go_on(number)
            case "flush":
                await self.server.ask("FLUSHALL")
            case "cut":
                self.proxy.fault = lambda _: "cut after" if number % 2 else "cut before"
            case "heal":
                self.proxy.fault = lambda _: None

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        self.tasks.append(asyncio.create_task(work))

    async def read(self, store: Store, *, samples: bool) -> None:
        deleted, settled = self.deleted, self.settled
        try:
            found = await store.ecgs.get("ann", self.ecg_id, samples=samples)
        except EcgNotFound:
            return
        assert not deleted
        assert found.ecg.id == self.ecg_id
        assert found.blob == (b"packed" if samples else b"")
        [record] = found.insights
        assert progress(record) >= settled

    async def delete(self, store: Store) -> None:
        with suppress(EcgNotFound):
            await store.ecgs.delete("ann", self.ecg_id)
        self.deleted = True

    async def settle(self, store: Store) -> None:
        async with self.settling:
            if not await store.insights.backfill(
                "a", self.settled // 2 + self.settled % 2, limit=9
            ):
                await finish(store, self.ecg_id)
            self.settled += not self.deleted


async def finish(store: Store, ecg_id: UUID) -> None:
    for claim in await store.insights.claim([ecg_id], now=1):
        done = [replace(record, state=InsightState.DONE) for record in claim.insights]
        await store.insights.finish(done)


def test_whoever_asks_later_does_not_hear_less(tmp_path: Path) -> None:
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        server = runner.run(stack.enter_async_context(own_server(tmp_path)))

        async def run(steps: list[tuple[What, int]]) -> None:
            async with (
                MemoryStore.open() as memory,
                proxying(WHERE, server.port) as proxy,
                cached((slow := Slow(memory)).store, server.url) as one,
                cached(slow.store, f"redis://{WHERE}:{proxy.listening}") as other,
            ):
                await Interleaving(slow, [one, other], proxy, server).run(steps)

        @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        @given(steps=STEPS)
        def try_it(steps: list[tuple[What, int]]) -> None:
            runner.run(run(steps))

        try:
            try_it()
        finally:
            runner.run(stack.aclose())
