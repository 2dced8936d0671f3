"""One suite for each port, run against every adapter."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ecg_service.adapters.memory import MemoryStore
from ecg_service.adapters.sqlite import SqliteStore, migrate
from tests.contract.builders import Opener, Store


@asynccontextmanager
async def memory(_directory: Path) -> AsyncGenerator[Store]:
    async with MemoryStore.open() as store:
        yield store


@asynccontextmanager
async def sqlite(directory: Path) -> AsyncGenerator[Store]:
    migrate(directory / "ecg.db")
    async with SqliteStore.open(directory / "ecg.db") as store:
        yield store


OPENERS: tuple[Opener, ...] = (memory, sqlite)


@pytest.fixture(params=OPENERS, ids=lambda opener: opener.__name__)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[Store]:
    opener: Opener = request.param
    async with opener(tmp_path) as opened:
        yield opened
