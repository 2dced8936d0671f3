"""The generation, which all who share a store have in common until one renews it."""

from pathlib import Path

import pytest

from ecg_service.adapters.sqlite import SqliteDatabase
from ecg_service.ports.copies import Copying
from ecg_service.ports.store import Database, Store
from tests.contract.builders import added, new
from tests.contract.conftest import DATABASES


async def test_it_changes_when_it_is_renewed_and_at_no_other_time(store: Store) -> None:
    found = [await store.ecgs.generation()]
    await added(store, new("ann", "a"))
    assert await store.ecgs.generation() == found[0] != b""
    for _ in range(3):
        await store.ecgs.renew_generation()
        found.append(await store.ecgs.generation())
    assert len({*found}) == 4


async def test_it_is_kept_with_what_is_stored(database: Database) -> None:
    async with database.open() as store:
        before = await store.ecgs.generation()
    async with database.open() as store:
        assert (await store.ecgs.generation() == before) is database.is_persistent


@pytest.mark.parametrize("kind", DATABASES)
async def test_two_databases_have_two(kind: str, tmp_path: Path) -> None:
    found: list[bytes] = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        with DATABASES[kind](tmp_path / name) as database:
            database.migrate()
            async with database.open() as store:
                found.append(await store.ecgs.generation())
    assert found[0] != found[1]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_backup_that_is_restored_begins_anew(
    database: SqliteDatabase, tmp_path: Path
) -> None:
    async with database.open() as store:
        before = await store.ecgs.generation()
    copying = Copying(
        verify_blob=lambda blob, most: 0,
        report=lambda what, done, of: None,
        tell_damage=lambda damage: None,
        max_log_bytes=10**9,
        force=True,
    )
    database.backup(tmp_path / "backup", copying)
    database.restore(tmp_path / "backup", copying)
    async with database.open() as store:
        assert await store.ecgs.generation() != before
