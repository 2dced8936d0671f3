import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Timer

import apsw
import pytest

from ecg_service.adapters.sqlite import SqliteStore, check, migrate
from ecg_service.adapters.sqlite.engine.sql import execute
from ecg_service.adapters.sqlite.schema.migrations import missing_steps
from ecg_service.domain.errors import StorageUnavailable
from tests.contract.builders import added, new
from tests.unit.adapters.sqlite.conftest import Script

Schema = list[tuple[object, ...]]

# Forks one child for each statement that a migration runs; the k-th dies before the k-th.
DIE_AT_EVERY_STATEMENT = """
import os, signal, sqlite3, sys
from pathlib import Path
import sqlite_utils  # here, and not in each child
from ecg_service.adapters.sqlite import migrate

connect = sqlite3.connect

def die_at(k: int) -> None:
    seen = 0
    def trace(statement: str) -> None:
        nonlocal seen
        seen += 1
        if seen == k:
            os.kill(os.getpid(), signal.SIGKILL)
    def traced(*arguments: object) -> sqlite3.Connection:
        connection = connect(*arguments)
        connection.set_trace_callback(trace)
        return connection
    sqlite3.connect = traced

status, k = None, 0
while status != 0:
    k += 1
    pid = os.fork()
    if pid == 0:
        die_at(k)
        migrate(Path(sys.argv[1]) / f"{k}.db")
        os._exit(0)
    status = os.waitpid(pid, 0)[1]
    assert status in (0, signal.SIGKILL), status
print(k)
"""


def schema(path: Path) -> Schema:
    with closing(apsw.Connection(str(path))) as connection:
        rows = execute(connection, "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY 2")
        return [*rows, *execute(connection, "PRAGMA page_size")]


def test_migrating_again_changes_nothing(path: Path) -> None:
    before = path.read_bytes()
    migrate(path)
    assert path.read_bytes() == before


def test_a_killed_migration_can_be_repeated(path: Path, tmp_path: Path, script: Script) -> None:
    died = script(DIE_AT_EVERY_STATEMENT, tmp_path)
    assert died.returncode == 0, died.stderr
    statements = int(died.stdout)
    assert statements > 20
    for k in range(1, statements + 1):
        half_done = tmp_path / f"{k}.db"
        migrate(half_done)
        assert schema(half_done) == schema(path)
        assert list(check(half_done)) == []


async def test_a_store_needs_a_migration_first(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    for name in ("none.db", "empty.db"):
        with pytest.raises(StorageUnavailable, match="run `ecg db migrate`"):
            async with SqliteStore.open(tmp_path / name):
                pass
        with pytest.raises(StorageUnavailable, match="run `ecg db migrate`"):
            async with SqliteStore.open_beside(tmp_path / name):
                pass
    assert not (tmp_path / "none.db").exists()


async def test_refuses_the_schema_of_a_newer_version(path: Path) -> None:
    with closing(apsw.Connection(str(path))) as connection:
        execute(
            connection,
            "INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('ecg_service', 'x')",
        )
    with pytest.raises(StorageUnavailable, match="newer version"):
        migrate(path)
    with pytest.raises(StorageUnavailable, match="newer version"):
        async with SqliteStore.open(path):
            pass


async def test_migrating_beside_a_service_is_fine_if_there_is_nothing_to_do(path: Path) -> None:
    async with SqliteStore.open(path) as store:
        await added(store, new())
        migrate(path)
        await added(store, new())


def make_work(path: Path) -> None:
    """Let the file look like one from before the first migration."""
    with closing(apsw.Connection(str(path))) as connection:
        execute(connection, "DELETE FROM _sqlite_migrations")


async def test_a_migration_with_work_to_do_waits_for_nobody(path: Path) -> None:
    async with SqliteStore.open(path):
        make_work(path)
        with pytest.raises(StorageUnavailable, match="in use by a running service"):
            migrate(path)


async def test_a_migration_never_runs_beside_a_command(path: Path) -> None:
    async with SqliteStore.open_beside(path) as store:
        assert await store.users.page(limit=1) == []
        make_work(path)
        with pytest.raises(StorageUnavailable, match="locked by another process"):
            migrate(path)


def test_a_file_that_is_locked_for_a_moment_is_waited_for(path: Path) -> None:
    with closing(sqlite3.connect(path, check_same_thread=False)) as other:
        other.execute("PRAGMA journal_mode = DELETE")
        other.execute("BEGIN EXCLUSIVE")
        release = Timer(0.2, other.rollback)
        release.start()
        assert missing_steps(path) == []
        release.join()


async def test_the_standard_library_never_sees_a_file_in_wal_mode(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with SqliteStore.open(path) as store:
        await added(store, new())
    make_work(path)
    modes: list[object] = []

    def spy(file: str) -> sqlite3.Connection:
        with closing(apsw.Connection(file)) as connection:
            modes.extend(execute(connection, "PRAGMA journal_mode"))
        return connect(file)

    connect = sqlite3.connect
    with monkeypatch.context() as patch:  # not longer: coverage uses sqlite3 between tests
        patch.setattr(sqlite3, "connect", spy)
        with pytest.raises(StorageUnavailable, match="already exists"):
            migrate(path)
    assert modes == [("delete",)]


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database " * 100)
    with pytest.raises(StorageUnavailable, match="not a database"):
        migrate(path)
    assert path.read_text() == "not a database " * 100
