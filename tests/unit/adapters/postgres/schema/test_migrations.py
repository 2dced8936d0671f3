import asyncio
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from ecg_service.adapters.postgres import PostgresDatabase, PostgresStore
from ecg_service.adapters.postgres.schema import alembic
from ecg_service.adapters.postgres.schema.migrations import HEAD
from ecg_service.domain.errors import StorageUnavailable
from ecg_service.ports.store import Checked
from tests.postgres import execute, fetch, new_schema

STEPS = ["0001_create_tables", "0002_add_generation", "0003_add_identities", "0004_add_grants"]


@pytest.fixture
def empty() -> Generator[str]:
    with new_schema() as made:
        yield made


def test_the_last_step_is_the_one_that_is_named() -> None:
    assert alembic.head() == HEAD


def test_of_several_at_once_one_migrates(empty: str) -> None:
    database = PostgresDatabase.from_url(empty)
    with ThreadPoolExecutor(4) as threads:
        applied = [one.result() for one in [threads.submit(database.migrate) for _ in range(4)]]
    assert sorted(applied) == [[], [], [], STEPS]


def test_one_that_fails_half_way_has_changed_nothing(empty: str) -> None:
    database = PostgresDatabase.from_url(empty)
    execute("CREATE TABLE pings (content int)", url=empty)
    with pytest.raises(StorageUnavailable):
        database.migrate()
    assert not database.exists()
    execute("DROP TABLE pings", url=empty)
    assert database.migrate() == STEPS


def test_a_newer_database_is_refused(url: str) -> None:
    execute("UPDATE alembic_version SET version_num = '9999_from_the_future'", url=url)
    database = PostgresDatabase.from_url(url)
    checked = partial(database.check, lambda _, __: 0, Checked())
    for refused in (database.migrate, lambda: asyncio.run(_open(url)), lambda: list(checked())):
        with pytest.raises(StorageUnavailable, match="newer"):
            refused()


def test_an_older_database_is_not_opened(empty: str) -> None:
    with pytest.raises(StorageUnavailable, match="migrate"):
        asyncio.run(_open(empty))


async def _open(url: str) -> None:
    async with PostgresStore.open(url):
        pass


NULLABLE = """
    ecgs.client_id ecgs.fingerprint ecgs.sampling_rate
    grants.expires grants.last_used grants.scopes
    insights.claimed_at insights.claimed_by insights.error insights.result
"""


def test_what_every_row_has_cannot_be_left_out(empty: str) -> None:
    PostgresDatabase.from_url(empty).migrate()
    rows = fetch(
        "SELECT table_name || '.' || column_name FROM information_schema.columns"
        " WHERE table_schema = current_schema AND is_nullable = 'YES'"
        " AND table_name !~ '_(others|2[0-9]+)'",
        url=empty,
    )
    assert sorted(name for (name,) in rows) == NULLABLE.split()
