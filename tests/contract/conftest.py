"""One suite for each port, run against every adapter."""

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from ecg_service.adapters.memory import MemoryDatabase
from ecg_service.adapters.sqlite import SqliteDatabase
from ecg_service.ports.store import Database
from tests.contract.builders import Opener, Store


def opened(database: Database) -> AbstractAsyncContextManager[Store]:
    database.migrate()
    return database.open()


def memory(_folder: Path) -> AbstractAsyncContextManager[Store]:
    return opened(MemoryDatabase())


def sqlite(folder: Path) -> AbstractAsyncContextManager[Store]:
    return opened(SqliteDatabase(folder / "ecg.db"))


OPENERS: tuple[Opener, ...] = (memory, sqlite)


@pytest.fixture(params=OPENERS, ids=lambda opener: opener.__name__)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[Store]:
    opener: Opener = request.param
    async with opener(tmp_path) as opened:
        yield opened
