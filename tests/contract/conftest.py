"""One suite for each port, run against every adapter."""

from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import pytest

from ecg_service.adapters.memory import MemoryDatabase
from ecg_service.adapters.postgres import PostgresDatabase
from ecg_service.adapters.sqlite import SqliteDatabase
from ecg_service.ports.store import Database, Store
from tests.postgres import empty_schema, new_schema


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

KEPT = ExitStack()


@contextmanager
def migrated(kind: str, folder: Path) -> Generator[Database]:
    """Make one with tables and nothing in them."""
    if kind == "postgres":
        with empty_schema(KEPT) as url:
            yield PostgresDatabase.from_url(url)
    else:
        with DATABASES[kind](folder) as made:
            made.migrate()
            yield made


def pytest_sessionfinish() -> None:
    """Drop what is kept for the next test."""
    KEPT.close()


@pytest.fixture(params=DATABASES)
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Database]:
    with DATABASES[request.param](tmp_path) as made:
        yield made


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Database]:
    with migrated(request.param, tmp_path) as made:
        yield made


@pytest.fixture
async def store(database: Database) -> AsyncGenerator[Store]:
    async with database.open() as opened:
        yield opened
