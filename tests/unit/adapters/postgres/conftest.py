"""An empty migrated schema for each test."""

from collections.abc import AsyncGenerator, Generator

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
