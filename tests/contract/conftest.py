"""One suite for each port, run against every adapter."""

from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import pytest

from ecg_service.adapters.memory import MemoryDatabase
from ecg_service.adapters.sqlite import SqliteDatabase
from ecg_service.ports.store import Database, Store

DATABASES: dict[str, Callable[[Path], Database]] = {
    "memory": lambda _: MemoryDatabase(),
    "sqlite": lambda folder: SqliteDatabase(folder / "ecg.db"),
}
"""Each makes a new one, in a folder that it may use."""


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    return DATABASES[request.param](tmp_path)


@pytest.fixture
async def store(database: Database) -> AsyncGenerator[Store]:
    database.migrate()
    async with database.open() as opened:
        yield opened
