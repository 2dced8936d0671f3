"""One suite for each port, run against every adapter."""

from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from ecg_service.adapters.memory import MemoryDatabase
from ecg_service.adapters.postgres import PostgresDatabase
from ecg_service.adapters.sqlite import SqliteDatabase
from ecg_service.ports.store import Database, Store
from tests.postgres import new_schema


@contextmanager
def _memory(_: Path) -> Generator[Database]:
    yield MemoryDatabase()


@contextmanager
def _sqlite(folder: Path) -> Generator[Database]:
    yield SqliteDatabase(folder / "ecg.db")


@contextmanager
def _postgres(_: Path) -> Generator[Database]:
    with new_schema() as url:
        yield PostgresDatabase.from_url(url)


DATABASES: Mapping[str, Callable[[Path], AbstractContextManager[Database]]] = {
    "memory": _memory,
    "sqlite": _sqlite,
    "postgres": _postgres,
}
"""Each makes a new one, in a folder that it may use, and takes it away after the block."""


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Database]:
    with DATABASES[request.param](tmp_path) as made:
        yield made


@pytest.fixture
async def store(database: Database) -> AsyncGenerator[Store]:
    database.migrate()
    async with database.open() as opened:
        yield opened
