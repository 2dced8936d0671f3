"""What the store says when it cannot work, and that it works again afterwards."""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from ecg_service.adapters.sqlite import Limits, SqliteStore
from ecg_service.adapters.sqlite.engine.sql import execute
from ecg_service.domain.errors import Overloaded, StorageFull, StorageUnavailable
from tests.contract.builders import added, new
from tests.unit.adapters.sqlite.conftest import Script

# No file may grow beyond what it has: every write to the log fails, until the limit is lifted.
FAIL_TO_WRITE = """
import asyncio, resource, sys
from pathlib import Path
from ecg_service.adapters.sqlite import SqliteStore
from ecg_service.domain.errors import StorageUnavailable
from tests.contract.builders import added, new

async def main() -> None:
    async with SqliteStore.open(Path(sys.argv[1])) as store:
        [before] = await added(store, new())
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
        for attempt in (lambda: store.ecgs.add_many([new(), new()]), store.ecgs.ping):
            try:
                await attempt()
            except StorageUnavailable as error:
                print(error)
        print(len(await store.ecgs.page("ann", limit=9)))
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        await store.ecgs.ping()
        [after] = await added(store, new())
        assert [e.id for e in await store.ecgs.page("ann", limit=9)] == [after, before]

asyncio.run(main())
"""

# Root may write everywhere, so it becomes somebody else; imports come first, for the same reason.
READ_ONLY = """
import asyncio, os, sys
from pathlib import Path
from ecg_service.adapters.sqlite import SqliteStore, migrate
from ecg_service.domain.errors import StorageUnavailable

async def main() -> None:
    directory = Path(sys.argv[1])
    try:
        async with SqliteStore.open(directory / "ecg.db"):
            print("opened")
    except StorageUnavailable as error:
        print(error)
    try:
        migrate(directory / "other.db")
    except StorageUnavailable as error:
        print(error)

if os.getuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
asyncio.run(main())
"""


@pytest.fixture
def public(path: Path) -> Iterator[Path]:
    """Return a directory with a database that everybody may read and nobody write."""
    directory = Path(tempfile.mkdtemp())
    shutil.copy(path, directory)
    (directory / path.name).chmod(0o444)
    directory.chmod(0o555)
    yield directory
    directory.chmod(0o755)
    shutil.rmtree(directory)


async def test_a_full_database_stores_nothing_and_recovers(path: Path) -> None:
    async with SqliteStore.open(path, Limits(max_bytes=4 * 1024 * 1024)) as store:
        await store.ecgs.ping()
        kept = await added(store, new(blob=bytes(3_000_000)))
        with pytest.raises(StorageFull):
            await store.ecgs.add_many([new(blob=b"small"), new(blob=bytes(3_000_000))])
        assert [e.id for e in await store.ecgs.page("ann", limit=9)] == kept
        await added(store, new(blob=b"small"))
        await store.ecgs.delete("ann", kept[0])
        await added(store, new(blob=bytes(3_000_000)))


async def test_a_ping_notices_that_there_is_no_room(path: Path) -> None:
    async with SqliteStore.open(path, Limits(max_bytes=1)) as store:
        with pytest.raises(StorageFull):
            await store.ecgs.ping()


async def test_works_again_after_failed_writes(path: Path, script: Script) -> None:
    ended = script(FAIL_TO_WRITE, path)
    assert ended.returncode == 0, ended.stderr
    failed = "the database cannot be read or written\n"
    assert ended.stdout == 2 * failed + "1\n"


def test_a_read_only_directory(public: Path, script: Script) -> None:
    ended = script(READ_ONLY, public)
    lock, other = "cannot create ecg.db.lock", "cannot create other.db.lock"
    assert ended.stdout == f"{lock}: Permission denied\n{other}: Permission denied\n", ended.stderr


async def test_a_missing_directory(tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailable, match="there is no folder none"):
        async with SqliteStore.open(tmp_path / "none" / "ecg.db"):
            pass


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "ecg.db"
    path.write_bytes(b"\xff" * 50_000)
    with pytest.raises(StorageUnavailable, match="not a database"):
        async with SqliteStore.open(path):
            pass


async def test_a_locked_database(path: Path) -> None:
    async with SqliteStore.open(path, Limits(busy_seconds=0.0)) as store:
        with closing(apsw.Connection(str(path))) as other:
            execute(other, "BEGIN IMMEDIATE")
            with pytest.raises(StorageUnavailable, match="locked by another process"):
                await store.ecgs.add_many([new()])
            assert await store.ecgs.page("ann", limit=9) == []
        await added(store, new())


async def test_refuses_more_writes_than_may_wait(path: Path) -> None:
    batch = [new() for _ in range(5)]
    async with SqliteStore.open(path, Limits(waiting_writes=2)) as store:
        with closing(apsw.Connection(str(path))) as other:
            execute(other, "BEGIN IMMEDIATE")
            writes = [asyncio.create_task(store.ecgs.add_many([one])) for one in batch]
            refused = asyncio.gather(*writes[3:], return_exceptions=True)
            assert [type(answer) for answer in await refused] == [Overloaded, Overloaded]
            execute(other, "ROLLBACK")
            await asyncio.gather(*writes[:3])
        assert len(await store.ecgs.page("ann", limit=9)) == 3


async def test_reads_go_on_while_writes_wait(path: Path) -> None:
    async with SqliteStore.open(path) as store:
        [one] = await added(store, new())
        with closing(apsw.Connection(str(path))) as other:
            execute(other, "BEGIN IMMEDIATE")
            write = asyncio.create_task(store.ecgs.add_many([new()]))
            assert (await store.ecgs.get("ann", one)).ecg.id == one
            assert not write.done()
            execute(other, "ROLLBACK")
            await write


async def test_a_closed_store_says_so(path: Path) -> None:
    async with SqliteStore.open(path) as store:
        pass
    for ask in (store.ecgs.ping, lambda: store.ecgs.page("ann", limit=1)):
        with pytest.raises(StorageUnavailable, match="closed"):
            await ask()


async def test_closing_finishes_what_was_accepted(path: Path) -> None:
    batch = [new() for _ in range(20)]
    async with SqliteStore.open(path) as store:
        writes = [asyncio.create_task(store.ecgs.add_many([one])) for one in batch]
        await asyncio.wait(writes, return_when=asyncio.FIRST_COMPLETED)
    await asyncio.gather(*writes)
    async with SqliteStore.open(path) as store:
        assert len(await store.ecgs.page("ann", limit=99)) == 20
