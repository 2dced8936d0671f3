"""An empty schema with all tables for each test."""

from collections.abc import AsyncGenerator, Generator, Iterator

import pytest

from ecg_service.adapters.postgres import PostgresStore
from ecg_service.bootstrap.stores import database_from_url
from tests.postgres import drop_schemas, empty_schema, new_schema
from tests.proxy import sockets_collected


@pytest.fixture
def url() -> Generator[str]:
    with empty_schema() as made:
        yield made


@pytest.fixture
def altered_url() -> Generator[str]:
    """Yield the URL of a schema whose tables the test may alter."""
    with new_schema() as made:
        database_from_url(made).migrate()
        yield made


def pytest_sessionfinish() -> None:
    drop_schemas()


@pytest.fixture
async def store(url: str) -> AsyncGenerator[PostgresStore]:
    async with PostgresStore.open(url) as opened:
        yield opened


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    with sockets_collected():
        yield
