"""Parts of large blobs: none is left over, whatever ends before its time."""

import random
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from ecg_service.adapters.sqlite import SqliteStore, check
from ecg_service.adapters.sqlite.engine.sql import execute
from ecg_service.adapters.sqlite.rows.parts import WHOLE, parts_of, stage_parts
from ecg_service.domain.errors import DamagedEcg, StorageUnavailable
from ecg_service.domain.principal import Principal
from ecg_service.domain.users import Role
from tests.contract.builders import added, new, user
from tests.unit.adapters.sqlite.alterations import alter

LARGE = random.Random(1).randbytes(1_500_000)


def count(path: Path, table: str = "ecg_parts") -> int:
    with closing(apsw.Connection(str(path))) as connection:
        [(rows,)] = execute(connection, f"SELECT count(*) FROM {table}")
    return rows


async def test_what_was_staged_by_a_process_that_ended_is_removed(path: Path) -> None:
    one, stored = new(blob=LARGE), new(blob=LARGE)
    async with SqliteStore.open(path) as store:
        await added(store, stored)
        whole = count(path)
    with closing(apsw.Connection(str(path))) as connection:
        for rows in [*parts_of(one.ecg.id, one.blob)][:-1]:
            stage_parts(connection, one.ecg.id, rows)
    assert count(path) > whole
    assert list(check(path)) == []
    async with SqliteStore.open(path) as store:
        assert (count(path), count(path, "ecg_leftovers")) == (whole, 0)
        assert (await store.ecgs.get("ann", stored.ecg.id)).blob == LARGE


@pytest.mark.parametrize(("size", "parts"), [(WHOLE, 0), (WHOLE + 1, 16)])
async def test_a_blob_is_in_one_piece_up_to_a_size(path: Path, size: int, parts: int) -> None:
    async with SqliteStore.open(path) as store:
        await added(store, new(blob=bytes(size)))
        assert count(path) == parts


async def test_nothing_is_left_of_what_is_deleted_or_refused(path: Path) -> None:
    async with SqliteStore.open(path) as store:
        await store.users.add(user("ann"))
        one = new(blob=LARGE, client_id="7", fingerprint=b"f")
        await store.ecgs.add_long(one)
        whole = count(path)
        assert count(path, "ecg_leftovers") == 0
        for refused in (
            new(blob=LARGE, sender=Principal("ann", Role.USER, epoch=5)),
            new(blob=LARGE, client_id="7", fingerprint=b"f"),
            new(blob=LARGE, client_id="7", fingerprint=b"g"),
        ):
            await store.ecgs.add_long(refused)
            assert count(path) == whole
        await store.ecgs.delete("ann", one.ecg.id)
        assert (count(path), count(path, "ecg_leftovers")) == (0, 0)


async def test_nothing_is_left_of_what_fails(path: Path) -> None:
    async with SqliteStore.open(path) as store:
        one = new(blob=LARGE)
        alter(path, f"INSERT INTO ecg_parts VALUES (x'{one.ecg.id.hex}', 20, x'00')")
        with pytest.raises(StorageUnavailable):
            await store.ecgs.add_long(one)  # after two steps
        assert (count(path), count(path, "ecg_leftovers")) == (0, 0)
        assert await store.ecgs.add_long(one) == one.ecg.id


@pytest.mark.parametrize(
    ("alteration", "problem"),
    [
        ("DELETE FROM ecgs", "they belong to no ECG"),
        ("UPDATE ecg_parts SET ecg_id = x'07' WHERE number = 3", "they belong to no ECG"),
    ],
)
async def test_parts_of_no_ecg_are_found(path: Path, alteration: str, problem: str) -> None:
    async with SqliteStore.open(path) as store:
        await added(store, new(blob=LARGE))
    alter(path, alteration)
    assert [found for found in check(path) if problem in found]


@pytest.mark.parametrize(
    "alteration",
    [
        "DELETE FROM ecg_parts WHERE number = 3",
        "DELETE FROM ecg_parts WHERE number > 3",
        "UPDATE ecg_parts SET content = zeroblob(65536) WHERE number = 5",
        "UPDATE ecg_parts SET number = 99 WHERE number = 5",
    ],
)
async def test_damaged_parts_are_found(path: Path, alteration: str) -> None:
    def verify(blob: bytes, _: int) -> int:
        if blob != LARGE:
            raise DamagedEcg("other bytes")
        return 0

    async with SqliteStore.open(path) as store:
        await added(store, new(blob=LARGE))
    assert list(check(path, verify)) == []
    alter(path, alteration)
    [problem] = check(path, verify)
    assert problem.endswith("other bytes")


async def test_insights_of_large_ones_are_claimed_some_at_a_time(path: Path) -> None:
    async with SqliteStore.open(path) as store:
        large, small = new("ann", "qrs", blob=bytes(17_000_000)), new("ann", "qrs")
        await store.ecgs.add_long(large)
        await added(store, small)
        both = [large.ecg.id, small.ecg.id]
        [first] = await store.insights.claim(both, now=1)
        [second] = await store.insights.claim(both, now=2)
        assert [first.ecg.id, second.ecg.id] == both
        assert len(first.blob) == 17_000_000
