"""What tests ask of stores behind a cache."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import UUID

import pytest

from ecg_service.adapters.cache import CachedStore, Limits
from ecg_service.adapters.memory import MemoryStore
from ecg_service.adapters.memory.ecgs import MemoryEcgs
from ecg_service.domain.errors import EcgNotFound, StorageUnavailable
from ecg_service.domain.principal import Principal
from ecg_service.domain.stored import StoredEcg
from ecg_service.ports.ecgs import Names
from ecg_service.ports.store import Store
from tests.contract.builders import reads
from tests.unit.adapters.cache.conftest import LIMITS


def counts(store: CachedStore) -> tuple[int, int, int]:
    found = store.cache.statistics()
    return found.hits, found.misses, found.errors


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - it is another process
            await asyncio.sleep(0.005)


def reached(store: CachedStore) -> bool:
    return store.cache.statistics().is_reachable


async def gone(store: Store, ecg_id: UUID) -> None:
    for read in reads(store):
        with pytest.raises(EcgNotFound):
            await read("ann", ecg_id)


@asynccontextmanager
async def cached(behind: Store, url: str, limits: Limits = LIMITS) -> AsyncGenerator[CachedStore]:
    async with CachedStore.open(behind, url, limits) as opened:
        yield opened


class Slow(MemoryEcgs):
    """ECGs in memory; unless it is open, answers wait when they were read, and deletions before and after."""

    def __init__(self, store: MemoryStore) -> None:
        super().__init__(store.ecgs._stored, store.users)
        self.store = replace(store, ecgs=self)
        self.is_open = True
        self.waiting: list[asyncio.Event] = []
        self.asked = 0
        self.fails = False

    def go_on(self, number: int) -> None:
        """Let one of those that wait go on, if any does."""
        if self.waiting:
            self.waiting.pop(number % len(self.waiting)).set()

    def open(self) -> None:
        """Let nobody wait any more."""
        self.is_open = True
        while self.waiting:
            self.go_on(0)

    async def _pause(self) -> None:
        if not self.is_open:
            self.waiting.append(event := asyncio.Event())
            await event.wait()

    async def get(
        self, owner: str, ecg_id: UUID, *, samples: bool = True, insights: Names = None
    ) -> StoredEcg:
        self.asked += 1
        try:
            return await super().get(owner, ecg_id, samples=samples, insights=insights)
        finally:
            await self._pause()

    async def delete(self, owner: str, ecg_id: UUID, *, by: Principal | None = None) -> None:
        await self._pause()
        try:
            await super().delete(owner, ecg_id, by=by)
        finally:
            await self._pause()

    async def renew_generation(self) -> None:
        if self.fails:
            raise StorageUnavailable
        await super().renew_generation()
