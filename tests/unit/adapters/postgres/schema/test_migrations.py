import asyncio
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import cast
from urllib.parse import urlsplit
from uuid import UUID

import pytest

from ecg_service.adapters.postgres import PostgresStore
from ecg_service.adapters.postgres.schema import alembic
from ecg_service.adapters.postgres.schema.migrations import HEAD
from ecg_service.adapters.postgres.schema.versions.step_0005_add_audit import AUDIT
from ecg_service.bootstrap.stores import database_from_url
from ecg_service.domain.audit.blocks import Link
from ecg_service.domain.errors import StorageUnavailable
from ecg_service.ports.store import Checked
from ecg_service.services.audit.reading import entries, verify
from tests.postgres import execute, fetch, new_schema
from tests.proxy import Fault, proxying
from tests.unit.adapters.sqlite.schema.test_packing import CHAIN, OLD, rows

IS_THERE = "SELECT to_regclass('ecgs') IS NOT NULL"
STEPS = [
    "0001_create_tables",
    "0002_add_generation",
    "0003_add_identities",
    "0004_add_grants",
    "0005_add_audit",
    "0006_pack_audit",
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


@pytest.fixture
def unpacked(url: str) -> str:
    """Return a database with rows of the audit trail of before there were blocks."""
    execute(f"DROP TABLE audit_blocks; {AUDIT}", url=url)
    for chain, *values in rows():
        literals = [f"'{UUID(bytes=cast('bytes', chain))}'", *map(_literal, values)]
        execute(f"INSERT INTO audit VALUES ({', '.join(literals)})", url=url)
    execute("UPDATE alembic_version SET version_num = '0005_add_audit'", url=url)
    return url


def _literal(value: bytes | int | str) -> str:
    if isinstance(value, int):
        return str(value)
    return f"'\\x{(value.encode() if isinstance(value, str) else value).hex()}'"


async def problems(url: str, known: list[Link]) -> list[str]:
    async with PostgresStore.open(url) as store:
        return [one async for one in verify(store.audit, known)]


async def test_audited_rows_of_before_are_whole(unpacked: str) -> None:
    assert await asyncio.to_thread(database_from_url(unpacked).migrate) == STEPS[-1:]
    *_, digest = rows()[-1]
    assert isinstance(digest, bytes)
    assert await problems(unpacked, [Link(CHAIN, 2, digest)]) == []
    async with PostgresStore.open(unpacked) as store:
        assert [one.event async for one in entries(store.audit)] == OLD


async def test_audited_rows_that_were_changed_before_are_found(unpacked: str) -> None:
    execute("UPDATE audit SET object = '\\xff' WHERE number = 1", url=unpacked)
    await asyncio.to_thread(database_from_url(unpacked).migrate)
    assert len(await problems(unpacked, [])) == 1
