"""One suite for each port, run against every adapter, and against each behind a cache."""

from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from ecg_service.adapters.cache import CachedStore, Limits
from ecg_service.adapters.memory import MemoryDatabase
from ecg_service.adapters.sqlite import SqliteDatabase
from ecg_service.bootstrap.stores import database_from_url
from ecg_service.ports.store import Database, Store
from tests.postgres import drop_schemas, empty_schema, new_schema
from tests.redis import URL, require_redis


@contextmanager
def _memory(_: Path) -> Generator[Database]:
    yield MemoryDatabase()


@contextmanager
def _sqlite(folder: Path) -> Generator[Database]:
    yield SqliteDatabase(folder / "ecg.db")


@contextmanager
def _postgres(_: Path) -> Generator[Database]:
    with new_schema() as url:
        yield database_from_url(url)


DATABASES: Mapping[str, Callable[[Path], AbstractContextManager[Database]]] = {
    "memory": _memory,
    "sqlite": _sqlite,
    "postgres": _postgres,
}
"""Each makes a new one, in a folder that it may use, and takes it away after the block."""

CACHED = " cached"
KINDS = (*DATABASES, *(kind + CACHED for kind in DATABASES))
"""All of them, and each behind a cache."""


class BehindCache:
    """A database whose store is opened behind a cache."""

    limits = Limits(trust_seconds=0.02, call_seconds=10)

    def __init__(self, database: Database) -> None:
        self.behind = database

    def __getattr__(self, name: str) -> Any:
        return getattr(self.behind, name)

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[Store]:
        async with (
            self.behind.open() as store,
            CachedStore.open(store, URL, self.limits) as cached,
        ):
            yield cached


@contextmanager
def migrated(kind: str, folder: Path) -> Generator[Database]:
    """Make one with tables and nothing in them."""
    if kind.endswith(CACHED):
        require_redis()
        with migrated(kind.removesuffix(CACHED), folder) as behind:
            yield cast("Database", BehindCache(behind))
    elif kind == "postgres":
        with empty_schema() as url:
            yield database_from_url(url)
    else:
        with DATABASES[kind](folder) as made:
            made.migrate()
            yield made


def pytest_sessionfinish() -> None:
    drop_schemas()


@pytest.fixture(params=DATABASES)
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Database]:
    with DATABASES[request.param](tmp_path) as made:
        yield made


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Database]:
    with migrated(request.param, tmp_path) as made:
        yield made


def audited(database: Database) -> Database:
    """Return the same database, which notes what is done to it."""
    if isinstance(database, BehindCache):
        return cast("Database", BehindCache(audited(database.behind)))
    if isinstance(database, MemoryDatabase):
        return MemoryDatabase(audited=True)
    persistent = cast("Any", database)
    return replace(persistent, limits=replace(persistent.limits, audited=True))


@pytest.fixture
async def store(database: Database) -> AsyncGenerator[Store]:
    async with database.open() as opened:
        yield opened
