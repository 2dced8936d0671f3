import asyncio
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from urllib.parse import urlsplit

import pytest

from ecg_service.adapters.postgres import PostgresStore
from ecg_service.adapters.postgres.schema import alembic
from ecg_service.adapters.postgres.schema.migrations import HEAD
from ecg_service.bootstrap.stores import database_from_url
from ecg_service.domain.errors import StorageUnavailable
from ecg_service.ports.store import Checked
from tests.postgres import execute, fetch, new_schema
from tests.proxy import Fault, proxying

IS_THERE = "SELECT to_regclass('ecgs') IS NOT NULL"
STEPS = [
    "0001_create_tables",
    "0002_add_generation",
    "0003_add_identities",
    "0004_add_grants",
    "0005_add_audit",
]


@pytest.fixture
def empty() -> Generator[str]:
    with new_schema() as made:
        yield made


def test_the_last_step_is_the_one_that_is_named() -> None:
    assert alembic.head() == HEAD


def test_of_several_at_once_one_migrates(empty: str) -> None:
    database = database_from_url(empty)
    with ThreadPoolExecutor(4) as threads:
        applied = [one.result() for one in [threads.submit(database.migrate) for _ in range(4)]]
    assert sorted(applied) == [[], [], [], STEPS]


def test_one_that_fails_half_way_has_changed_nothing(empty: str) -> None:
    database = database_from_url(empty)
    execute("CREATE TABLE pings (content int)", url=empty)
    with pytest.raises(StorageUnavailable):
        database.migrate()
    assert not database.exists()
    execute("DROP TABLE pings", url=empty)
    assert database.migrate() == STEPS


async def test_one_that_is_cut_off_has_changed_all_or_nothing() -> None:
    """A killed process is that to the server: a connection that ends."""
    messages = await _cut_at(-1)
    for k in {*range(1, messages, messages // 8), *range(messages - 3, messages + 1)}:
        await _cut_at(k)


async def _cut_at(k: int) -> int:
    """Cut the connection at its k-th message, or the answer to it; return how many there were."""
    seen = 0

    def kth(_: bytes) -> Fault | None:
        nonlocal seen
        seen += 1
        return ("cut before", "cut after")[k % 2] if seen == k else None

    with new_schema() as url:
        parts = urlsplit(url)
        async with proxying(parts.hostname or "", parts.port or 5432) as proxy:
            proxy.fault = kth
            through = database_from_url(url.replace(f":{parts.port}", f":{proxy.listening}"))
            with suppress(StorageUnavailable):
                await asyncio.to_thread(through.migrate)
        database = database_from_url(url)
        before = await asyncio.to_thread(fetch, IS_THERE, url=url)
        assert await asyncio.to_thread(database.exists) is before[0][0]
        assert await asyncio.to_thread(database.migrate) == ([] if before[0][0] else STEPS)
    return seen


def test_a_newer_database_is_refused(url: str) -> None:
    execute("UPDATE alembic_version SET version_num = '9999_from_the_future'", url=url)
    database = database_from_url(url)
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
    database_from_url(empty).migrate()
    rows = fetch(
        "SELECT table_name || '.' || column_name FROM information_schema.columns"
        " WHERE table_schema = current_schema AND is_nullable = 'YES'"
        " AND table_name !~ '_(others|2[0-9]+)'",
        url=empty,
    )
    assert sorted(name for (name,) in rows) == NULLABLE.split()
