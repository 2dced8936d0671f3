"""An empty migrated schema for each test."""

from collections.abc import AsyncGenerator, Generator, Iterator

import pytest

from ecg_service.adapters.postgres import PostgresStore
from ecg_service.bootstrap.stores import database_from_url
from tests.postgres import new_schema
from tests.proxy import sockets_collected


@pytest.fixture
def url() -> Generator[str]:
    with new_schema() as made:
        database_from_url(made).migrate()
        yield made


@pytest.fixture
async def store(url: str) -> AsyncGenerator[PostgresStore]:
    async with PostgresStore.open(url) as opened:
        yield opened


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    with sockets_collected():
        yield
