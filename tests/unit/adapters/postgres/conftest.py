"""An empty migrated schema for each test."""

import gc
import warnings
from collections.abc import AsyncGenerator, Generator, Iterator

import pytest

from ecg_service.adapters.postgres import PostgresDatabase, PostgresStore
from tests.postgres import new_schema


@pytest.fixture
def url() -> Generator[str]:
    with new_schema() as made:
        PostgresDatabase.from_url(made).migrate()
        yield made


@pytest.fixture
async def store(url: str) -> AsyncGenerator[PostgresStore]:
    async with PostgresStore.open(url) as opened:
        yield opened


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    """Collect what a test leaves; asyncpg leaves the socket of a connection that is cut while it is made."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
