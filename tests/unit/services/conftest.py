"""A store in memory and a core in a thread, for each test."""

from collections.abc import AsyncGenerator, Generator
from contextlib import closing

import pytest

from ecg_service.actors import Threads
from ecg_service.adapters.core import RustCore
from ecg_service.adapters.memory import MemoryStore


@pytest.fixture
async def store() -> AsyncGenerator[MemoryStore]:
    async with MemoryStore.open() as opened:
        yield opened


@pytest.fixture
def core() -> Generator[RustCore]:
    with closing(Threads("core", size=1, capacity=10)) as threads:
        yield RustCore(threads)
