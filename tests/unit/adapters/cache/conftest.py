"""A Redis for each test, and several processes, here several stores, behind it over one store."""

from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import pytest

from ecg_service.adapters.cache import CachedStore, Limits
from ecg_service.adapters.memory import MemoryStore
from tests.proxy import sockets_collected
from tests.redis import OwnServer, own_server

LIMITS = Limits(call_seconds=10, retry_seconds=0.01, trust_seconds=0.05)
"""Times as short as they may be, but for what a busy machine may need."""


@pytest.fixture(autouse=True)
def collected() -> Generator[None]:
    with sockets_collected():
        yield


@pytest.fixture
async def server(tmp_path: Path) -> AsyncGenerator[OwnServer]:
    async with own_server(tmp_path) as started:
        yield started


@pytest.fixture
async def behind() -> AsyncGenerator[MemoryStore]:
    async with MemoryStore.open() as opened:
        yield opened


@pytest.fixture
async def one(server: OwnServer, behind: MemoryStore) -> AsyncGenerator[CachedStore]:
    async with CachedStore.open(behind, server.url, LIMITS) as opened:
        yield opened


@pytest.fixture
async def other(server: OwnServer, behind: MemoryStore) -> AsyncGenerator[CachedStore]:
    async with CachedStore.open(behind, server.url, LIMITS) as opened:
        yield opened
