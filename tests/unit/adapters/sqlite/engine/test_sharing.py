"""Who may have the file open at once."""

from pathlib import Path

import pytest

from ecg_service.adapters.sqlite import SqliteStore, check, migrate
from ecg_service.domain.errors import StorageUnavailable, UserExists
from ecg_service.domain.users import Role
from tests.contract.builders import added, new, user
from tests.unit.adapters.sqlite.conftest import Script

OPEN = """
import asyncio, sys
from pathlib import Path
from ecg_service.adapters.sqlite import SqliteStore

async def main() -> None:
    async with SqliteStore.open(Path(sys.argv[1])):
        print("opened")

asyncio.run(main())
"""
ADD_USER = """
import asyncio, sys
from pathlib import Path
from ecg_service.adapters.sqlite import SqliteStore
from tests.contract.builders import user

async def main() -> None:
    async with SqliteStore.open_beside(Path(sys.argv[1])) as store:
        for n in range(20):
            await store.users.add(user(f"user{n}"))
        print(len(await store.users.page(limit=99)))

asyncio.run(main())
"""


LEAVE_WAL = """
import sys
import apsw

apsw.Connection(sys.argv[1]).pragma("journal_mode", "delete")
"""


async def test_a_second_service_is_refused(path: Path, script: Script) -> None:
    async with SqliteStore.open(path) as store:
        refused = script(OPEN, path)
        assert "StorageUnavailable: ecg.db is in use by a running service" in refused.stderr
        await added(store, new())
    assert script(OPEN, path).stdout == "opened\n"


async def test_even_within_one_process_or_by_another_name(path: Path) -> None:
    link = path.with_name("link.db")
    link.symlink_to(path)
    async with SqliteStore.open(path):
        for name in (path, link):
            with pytest.raises(StorageUnavailable, match="in use"):
                async with SqliteStore.open(name):
                    pass


async def test_a_deleted_lock_file_is_no_way_in(path: Path, script: Script) -> None:
    async with SqliteStore.open(path) as store:
        path.with_name("ecg.db.lock").unlink()
        assert "ecg.db is in use by a running service" in script(OPEN, path).stderr
        with pytest.raises(StorageUnavailable, match="in use"):
            async with SqliteStore.open(path):
                pass
        await added(store, new())


async def test_a_hard_link_is_no_way_in(path: Path, script: Script) -> None:
    link = path.with_name("link.db")
    async with SqliteStore.open(path) as store:
        link.hardlink_to(path)
        assert "link.db is in use by a running service" in script(OPEN, link).stderr
        await added(store, new())
    for opened in (SqliteStore.open(path), SqliteStore.open_beside(link)):
        with pytest.raises(StorageUnavailable, match=r"^(ecg|link)\.db has hard links"):
            async with opened:
                pass
    for use in (check, migrate):
        with pytest.raises(StorageUnavailable, match=r"^link\.db has hard links"):
            list(use(link))
    link.unlink()
    async with SqliteStore.open(path) as store:
        assert len(await store.ecgs.page("ann", limit=9)) == 1


async def test_a_database_that_is_replaced_has_one_service_too(path: Path) -> None:
    """Whichever comes first, even if the lock file went with the old one."""
    async with SqliteStore.open(path) as first:
        await added(first, new())
        for file in path.parent.iterdir():
            file.unlink()
        migrate(path)
        async with SqliteStore.open(path) as second:
            with pytest.raises(StorageUnavailable, match=r"^ecg\.db is in use"):
                await first.ecgs.ping()
            await added(second, new())
        await added(first, new())
        path.with_name("ecg.db.lock").unlink()
        with pytest.raises(StorageUnavailable, match=r"^ecg\.db is in use"):
            async with SqliteStore.open(path):
                pass
        assert len(await first.ecgs.page("ann", limit=9)) == 2


async def test_a_refused_opening_leaves_sqlite_its_locks(path: Path, script: Script) -> None:
    async with SqliteStore.open(path) as store:
        path.with_name("ecg.db.lock").unlink()
        with pytest.raises(StorageUnavailable, match="in use"):
            async with SqliteStore.open(path):
                pass
        assert "BusyError" in script(LEAVE_WAL, path).stderr
        await added(store, new())


async def test_a_lock_file_that_is_a_link_is_not_followed(path: Path, tmp_path: Path) -> None:
    path.with_name("ecg.db.lock").unlink()
    path.with_name("ecg.db.lock").symlink_to(tmp_path / "target")
    with pytest.raises(StorageUnavailable, match=r"cannot create ecg\.db\.lock"):
        async with SqliteStore.open(path):
            pass
    assert not (tmp_path / "target").exists()


async def test_a_failed_opening_lets_go_of_the_file(path: Path) -> None:
    with pytest.raises(StorageUnavailable, match="can lose commits"):
        async with SqliteStore.open(path, library="3.51.2"):
            pass
    with pytest.raises(ZeroDivisionError):
        async with SqliteStore.open(path):
            raise ZeroDivisionError
    async with SqliteStore.open(path) as store:
        await added(store, new())


async def test_users_are_reached_beside_a_service(path: Path, script: Script) -> None:
    async with SqliteStore.open(path) as store:
        await store.users.add(user("root", Role.ADMIN))
        await added(store, new())
        beside = script(ADD_USER, path)
        assert beside.stdout == "21\n", beside.stderr
        assert len(await store.users.page(limit=99)) == 21
        with pytest.raises(UserExists):
            await store.users.add(user("user7"))
        await added(store, new())


async def test_users_are_reached_without_a_service(path: Path) -> None:
    async with SqliteStore.open_beside(path) as beside:
        assert await beside.users.add_first(user("root", Role.ADMIN))
        async with SqliteStore.open(path) as store:
            assert await store.users.page(limit=9) == [user("root", Role.ADMIN)]


@pytest.mark.parametrize("version", ["3.40.1", "3.50.7", "3.51.2", "2.99.99"])
async def test_old_libraries_are_refused(path: Path, version: str) -> None:
    for opened in (
        SqliteStore.open(path, library=version),
        SqliteStore.open_beside(path, library=version),
    ):
        with pytest.raises(StorageUnavailable, match=r"3\.51\.3 or later"):
            async with opened:
                pass


@pytest.mark.parametrize("version", ["3.51.3", "3.54.1", "4.0"])
async def test_safe_libraries_are_not(path: Path, version: str) -> None:
    async with SqliteStore.open(path, library=version) as store:
        await added(store, new())
