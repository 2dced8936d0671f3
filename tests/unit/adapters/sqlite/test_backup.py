# ruff: noqa: ASYNC240 - nothing else runs on these event loops
"""A backup is whole or not there, and so is what is restored, whatever goes wrong."""

import errno
import gzip
import itertools
import os
import stat
import sys
import traceback
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import apsw
import pytest
from msgspec.structs import replace

from ecg_service.adapters.sqlite import SqliteDatabase, SqliteStore, backup, check
from ecg_service.adapters.sqlite.engine.sql import execute
from ecg_service.domain.errors import Conflict, Damaged, StorageFull, StorageUnavailable
from ecg_service.ports.copies import Copying
from ecg_service.ports.store import Checked
from tests.contract.builders import added, ecgs_of, new
from tests.faults import FaultyDisk
from tests.unit.adapters.sqlite.alterations import alter

RELEASE = Path(__file__).parents[3] / "data" / "release_0_1_0.db.gz"


def verify(blob: bytes, _: int) -> int:
    return len(blob)


def nothing(*_: object) -> None:
    pass


def copying(**changes: Any) -> Copying:
    return replace(Copying(verify, nothing, nothing, max_log_bytes=2**30), **changes)


@pytest.fixture
def database(path: Path) -> SqliteDatabase:
    return SqliteDatabase(path)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups" / "b.db"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@contextmanager
def writing(path: Path) -> Generator[Callable[[], None]]:
    """Open the database in WAL mode; yield what commits a page or so."""
    with closing(apsw.Connection(str(path))) as connection:
        execute(connection, "PRAGMA journal_mode = wal")
        execute(connection, "PRAGMA wal_autocheckpoint = 0")
        yield lambda: nothing(execute(connection, "INSERT INTO pings VALUES (zeroblob(9999))"))


def pings(path: Path) -> int:
    with closing(apsw.Connection(str(path))) as connection:
        [(count,)] = execute(connection, "SELECT count(*) FROM pings")
    return count


def test_it_is_one_private_file_without_a_log(database: SqliteDatabase, file: Path) -> None:
    with writing(database.path) as write:
        write()
        database.backup(file, copying())
    assert names(file.parent) == ["b.db"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert pings(file) == 1
    assert names(file.parent) == ["b.db"]


def test_commits_meanwhile_do_not_make_it_begin_anew(
    database: SqliteDatabase, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "PAGES_AT_ONCE", 1)
    steps: list[int] = []
    with writing(database.path) as write:
        write()

        def report(doing: str, done: int, _size: int) -> None:
            if doing == "copying":
                steps.append(done)
                write()

        database.backup(file, copying(report=report))
    assert steps == sorted(set(steps))
    assert len(steps) > 5
    assert pings(file) == 1


def test_of_a_file_that_is_not_migrated_there_is_none(tmp_path: Path, file: Path) -> None:
    path = tmp_path / "new.db"
    path.touch()
    with pytest.raises(StorageUnavailable, match="lacks the current schema"):
        SqliteDatabase(path).backup(file, copying())
    assert names(file.parent) == []


def test_the_log_may_grow_so_far(database: SqliteDatabase, file: Path) -> None:
    with writing(database.path) as write:
        write()
        with pytest.raises(StorageUnavailable, match=r"ecg\.db has grown to more than 1000 bytes"):
            database.backup(file, copying(max_log_bytes=1000))
    assert names(file.parent) == []


@pytest.mark.parametrize("end", ["", "-wal", "-shm", "-journal", ".lock", ".reserve", ".turn"])
def test_the_files_of_the_database_are_no_place_for_it(database: SqliteDatabase, end: str) -> None:
    to = database.path.with_name(f"ecg.db{end}")
    with pytest.raises(Conflict, match="belongs to the database itself"):
        database.backup(to, copying(force=True))


@pytest.mark.parametrize("place", ["alias", "here/../ecg.db"])
def test_another_name_of_the_database_is_no_place_for_it(
    database: SqliteDatabase, place: str
) -> None:
    (database.path.parent / "here").mkdir()
    (database.path.parent / "alias").symlink_to(database.path)
    for refused in (database.backup, database.restore):
        with pytest.raises(Conflict, match="the database itself"):
            refused(database.path.parent / place, copying(force=True))


def test_a_database_in_use_is_not_replaced_by_a_backup(
    database: SqliteDatabase, file: Path
) -> None:
    database.backup(file, copying())
    with writing(file) as write:
        write()
        with pytest.raises(Conflict, match=r"b\.db-wal exists already"):
            database.backup(file, copying(force=True))


@pytest.mark.parametrize(
    ("place", "kind", "said"),
    [
        ("backups", Conflict, "backups is not a file"),
        ("none/b.db", StorageUnavailable, "cannot write .*: No such file or directory"),
        ("ecg.db/b.db", StorageUnavailable, "cannot write .*: Not a directory"),
        ("n" * 250, StorageUnavailable, "cannot write .*: File name too long"),
    ],
)
def test_a_place_where_no_file_can_be(
    database: SqliteDatabase, file: Path, place: str, kind: type[Exception], said: str
) -> None:
    with pytest.raises(kind, match=said):
        database.backup(database.path.parent / place, copying(force=True))
    assert names(file.parent) == []


def test_a_full_disk_leaves_nothing(database: SqliteDatabase, file: Path, disk: FaultyDisk) -> None:
    def full(operation: str, name: str, _end: int) -> int | None:
        is_copy = operation == "write" and name.endswith(".partial")
        return apsw.SQLITE_FULL if is_copy else None

    with disk.failing(full), pytest.raises(StorageFull, match=r"no room for .*b\.db"):
        database.backup(file, copying())
    assert names(file.parent) == []


@pytest.mark.parametrize("failing", [1, 2], ids=["file", "folder"])
def test_a_backup_that_is_not_on_disk_is_none(
    database: SqliteDatabase, file: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    sync, calls = os.fsync, itertools.count(1)

    def fsync(descriptor: int) -> None:
        if next(calls) == failing:
            raise OSError(errno.EIO, "not on disk")
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(StorageUnavailable, match="not on disk"):
        database.backup(file, copying())


@pytest.mark.parametrize("moment", ["copying", "checking"])
async def test_an_interruption_leaves_nothing(
    database: SqliteDatabase, stored: UUID, file: Path, moment: str
) -> None:
    def interrupt(doing: str, _done: int, _size: int) -> None:
        if doing == moment:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        database.backup(file, copying(report=interrupt))
    assert names(file.parent) == []


def test_what_a_killed_one_left_is_written_over(database: SqliteDatabase, file: Path) -> None:
    partial = file.with_name("b.db.partial")
    partial.write_bytes(b"x" * 1_000_000)
    partial.chmod(0o644)
    database.backup(file, copying())
    assert names(file.parent) == ["b.db"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(check(file)) == []


def test_two_do_not_write_one_file(database: SqliteDatabase, file: Path) -> None:
    def again(*_: object) -> None:
        with pytest.raises(Conflict, match="is being written by another command"):
            database.backup(file, copying())

    database.backup(file, copying(report=again))
    assert list(check(file)) == []


async def test_a_damaged_one_is_kept_only_if_asked_for(
    database: SqliteDatabase, stored: UUID, file: Path
) -> None:
    alter(database.path, "UPDATE ecgs SET owner = 'bob'")
    told: list[str] = []
    with pytest.raises(Damaged, match="given up"):
        database.backup(file, copying(tell_damage=told.append))
    assert [stored.hex.upper() in one for one in told] == [True]
    assert names(file.parent) == []
    database.backup(file, copying(keep_damaged=True))
    with pytest.raises(Damaged, match="given up"):
        database.restore(file, copying(force=True))
    assert database.restore(file, copying(force=True, keep_damaged=True)).ecgs == 1


@pytest.mark.parametrize("content", [b"", b"x" * 10_000, b"SQLite format 3\0"])
async def test_what_is_no_backup_is_not_restored(
    database: SqliteDatabase, stored: UUID, file: Path, content: bytes
) -> None:
    file.write_bytes(content)
    with pytest.raises(StorageUnavailable, match="not a database of this service"):
        database.restore(file, copying(force=True))
    assert [found.id for found in await content_of(database)] == [stored]


async def test_a_database_of_others_is_not_restored(
    database: SqliteDatabase, stored: UUID, file: Path
) -> None:
    with closing(apsw.Connection(str(file))) as connection:
        execute(connection, "CREATE TABLE t (x)")
    with pytest.raises(StorageUnavailable, match="not a database of this service"):
        database.restore(file, copying(force=True))
    assert [found.id for found in await content_of(database)] == [stored]


async def content_of(database: SqliteDatabase) -> list[Any]:
    async with database.open() as store:
        return await ecgs_of(store, "ann")


def test_a_backup_of_an_earlier_release_is_migrated(file: Path, tmp_path: Path) -> None:
    file.write_bytes(gzip.decompress(RELEASE.read_bytes()))
    before = file.read_bytes()
    database = SqliteDatabase(tmp_path / "new.db")
    assert database.restore(file, copying()).ecgs > 0
    assert database.migrate() == []
    assert names(tmp_path) == ["backups", "new.db", "new.db.lock"]
    assert file.read_bytes() == before


async def test_a_backup_may_have_hard_links(
    database: SqliteDatabase, stored: UUID, file: Path
) -> None:
    database.backup(file, copying())
    file.with_name("yesterday").hardlink_to(file)
    assert database.restore(file, copying(force=True)).ecgs == 1


async def test_a_log_of_the_replaced_database_is_gone(
    database: SqliteDatabase, stored: UUID, file: Path, script: Callable[..., Any]
) -> None:
    database.backup(file, copying())
    script(
        "import apsw, os, sys\n"
        "c = apsw.Connection(sys.argv[1])\n"
        "c.execute('PRAGMA journal_mode = wal').fetchall()\n"
        "c.execute('DELETE FROM ecgs')\n"
        "os._exit(0)",
        database.path,
    )
    assert database.path.with_name("ecg.db-wal").stat().st_size
    database.restore(file, copying(force=True))
    assert names(database.path.parent) == ["backups", "ecg.db", "ecg.db.lock"]
    assert [found.id for found in await content_of(database)] == [stored]


async def test_a_damaged_database_is_replaced_with_its_log(
    database: SqliteDatabase, stored: UUID, file: Path
) -> None:
    database.backup(file, copying())
    database.path.write_bytes(b"x" * 20_000)
    database.path.with_name("ecg.db-wal").write_bytes(b"y" * 20_000)
    with pytest.raises(Conflict, match="exists already"):
        database.restore(file, copying())
    database.restore(file, copying(force=True))
    assert [found.id for found in await content_of(database)] == [stored]


async def test_a_log_alone_is_not_replaced_without_force(
    database: SqliteDatabase, stored: UUID, file: Path
) -> None:
    database.backup(file, copying())
    database.path.rename(file.with_name("moved"))
    database.path.with_name("ecg.db-wal").write_bytes(b"y" * 20_000)
    with pytest.raises(Conflict, match=r"ecg\.db-wal exists already"):
        database.restore(file, copying())


async def test_a_command_that_has_the_database_open_is_not_disturbed(
    database: SqliteDatabase, stored: UUID, file: Path
) -> None:
    database.backup(file, copying())
    async with database.open_beside() as store:
        with pytest.raises(StorageUnavailable, match="locked by another process"):
            database.restore(file, copying(force=True))
        assert await store.users.page(limit=9) == []
    assert [found.id for found in await content_of(database)] == [stored]


KILLS = ("os.rename", "os.remove", "os.truncate", "os.chmod", "open", "fcntl.flock")


def restore_until_killed(database: SqliteDatabase, file: Path, moment: int) -> int:
    """Restore in a process that ends at a moment, the n-th use of a file; return its exit code."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        uses = iter(range(moment))

        def count(event: str, _arguments: object) -> None:
            if event in KILLS and next(uses, None) is None:
                os._exit(9)

        sys.addaudithook(count)
        database.restore(file, copying(force=True))
        os._exit(0)
    finally:
        traceback.print_exc()
        os._exit(1)


async def test_whatever_kills_it_the_old_or_the_new_database_is_there(
    path: Path, file: Path
) -> None:
    database = SqliteDatabase(path)
    database.backup(file, copying())
    async with SqliteStore.open(path) as store:
        await added(store, new(), new())
    held: list[int] = []
    for moment in range(99):
        code = restore_until_killed(database, file, moment)
        checked = Checked()
        assert list(check(path, verify, checked)) == []
        held.append(checked.ecgs)
        if code == 0:
            break
        assert code == 9
    assert held == sorted(held, reverse=True)
    assert set(held) == {0, 2}
