from pathlib import Path

from ecg_core import Signal, pack
from ecg_service.adapters.core import verify_blob
from ecg_service.ports.store import Checked, Database, Store
from tests.contract.builders import added, new, user


def test_nothing_is_there_before_the_migration(fresh: Database, tmp_path: Path) -> None:
    assert not fresh.exists()
    assert list(tmp_path.iterdir()) == []
    fresh.migrate()
    assert fresh.exists() is fresh.is_persistent


def test_a_migration_is_done_once(fresh: Database) -> None:
    assert bool(fresh.migrate()) is fresh.is_persistent
    assert fresh.migrate() == []


def test_the_password_file_can_be_written(database: Database) -> None:
    path = database.admin_password_file()
    assert path.parent.is_dir()
    assert not path.exists()


async def test_what_is_kept_is_there_when_it_is_opened_again(database: Database) -> None:
    async with database.open() as store:
        await store.users.add(user())
    async with database.open() as store:
        names = [found.name for found in await store.users.page(limit=9)]
    assert names == ([user().name] if database.is_persistent else [])


async def test_users_are_reached_beside_an_open_store(database: Database, store: Store) -> None:
    async with database.open_beside() as beside:
        await beside.users.add(user())
    names = [found.name for found in await store.users.page(limit=9)]
    assert names == ([user().name] if database.is_persistent else [])


async def test_a_check_reads_all_of_a_persistent_database(database: Database, store: Store) -> None:
    await added(store, new("ann", "a", "b", blob=pack([Signal([1, 2, 3]), Signal([4])])))
    await added(store, new("ann", key="k", fingerprint=b"f", blob=pack([Signal([5])])))
    await store.users.add(user())
    checked = Checked()
    assert list(database.check(verify_blob, checked)) == []
    assert checked == (Checked(2, 5, 2, 1, 1) if database.is_persistent else Checked())
    await added(store, new(blob=b"not packed"))
    problems = list(database.check(verify_blob, Checked()))
    assert len(problems) == int(database.is_persistent)
