from datetime import UTC, datetime
from uuid import UUID

import pytest

from ecg_service.adapters.postgres import PostgresStore
from ecg_service.adapters.postgres.engine.sql import connect
from ecg_service.adapters.postgres.schema.partitions import months
from ecg_service.bootstrap.stores import database_from_url
from ecg_service.domain.ids import least_id
from tests.contract.builders import added, ecgs_of, new
from tests.postgres import execute


@pytest.mark.parametrize(
    ("now", "names"),
    [
        ((2026, 11, 30), ["2026_11", "2026_12", "2027_01"]),
        ((2026, 12, 1), ["2026_12", "2027_01", "2027_02"]),
        ((2024, 2, 29), ["2024_02", "2024_03", "2024_04"]),
    ],
    ids=str,
)
def test_months_follow_each_other(now: tuple[int, int, int], names: list[str]) -> None:
    found = [*months(datetime(*now, tzinfo=UTC))]
    assert [f"{first:%Y_%m}" for first, _ in found] == names
    assert [after for _, after in found[:-1]] == [first for first, _ in found[1:]]


STORAGE = """
    SELECT attstorage FROM pg_attribute JOIN pg_class ON attrelid = pg_class.oid
    WHERE attname = 'blob' AND relnamespace = current_schema()::regnamespace
"""


async def where(url: str) -> dict[UUID, str]:
    connection = await connect(url, {}, seconds=5)
    try:
        rows = await connection.fetch("SELECT id, tableoid::regclass::text FROM ecgs")
    finally:
        connection.terminate()
    return {UUID(bytes=ecg_id.bytes): table for ecg_id, table in rows}


async def test_blobs_are_not_compressed_again(url: str) -> None:
    connection = await connect(url, {}, seconds=5)
    try:
        rows = await connection.fetch(STORAGE)
    finally:
        connection.terminate()
    assert len(rows) == 5  # the table itself, three months, and the others
    assert {storage for (storage,) in rows} == {b"e"}


async def test_an_ecg_is_in_the_partition_of_its_month(url: str, store: PostgresStore) -> None:
    await added(store, now := new("ann", "a"), early := new(id=UUID(int=1)))
    found = await where(url)
    assert found[now.ecg.id].startswith("ecgs_20")
    assert found[early.ecg.id] == "ecgs_others"
    assert {ecg.id for ecg in await ecgs_of(store, "ann")} == set(found)


async def test_a_month_of_which_there_are_others_stays_among_them(altered_url: str) -> None:
    database = database_from_url(altered_url)
    (first, _), *_ = months(datetime.now(UTC))
    least = least_id(int(first.timestamp()) * 1_000_000_000)
    async with database.open() as store:
        for table in ("ecgs", "insights"):
            execute(f"DROP TABLE {table}_{first:%Y_%m}", url=altered_url)
        await added(store, new("ann", "a", id=least))
        assert database.migrate() == []
        assert (await where(altered_url))[least] == "ecgs_others"
        assert len(await ecgs_of(store, "ann")) == 1
