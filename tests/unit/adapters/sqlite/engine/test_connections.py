"""When connections are kept, and when they are not."""

from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

from ecg_service.adapters.sqlite import Limits
from ecg_service.adapters.sqlite.engine.connections import open_reader, open_writer
from ecg_service.adapters.sqlite.engine.readers import Readers
from ecg_service.adapters.sqlite.engine.sql import execute, pragma
from ecg_service.adapters.sqlite.engine.writer import Writer
from ecg_service.domain.errors import StorageUnavailable


def itself(connection: apsw.Connection) -> apsw.Connection:
    execute(connection, "SELECT count(*) FROM users")
    return connection


def fail(connection: apsw.Connection, error: type[Exception]) -> None:
    execute(connection, "SELECT name FROM users")
    raise error


@pytest.fixture(params=[Writer, Readers])
def runner(request: pytest.FixtureRequest, path: Path) -> Writer | Readers:
    opened: Writer | Readers = request.param(path, Limits(readers=1))
    opened.open()
    return opened


def test_a_connection_is_used_again(runner: Writer | Readers) -> None:
    first = runner.run_job(itself)
    with pytest.raises(ZeroDivisionError):
        runner.run_job(fail, ZeroDivisionError)
    assert runner.run_job(itself) is first
    runner.close()


@pytest.mark.parametrize("error", [apsw.IOError, apsw.CorruptError])
def test_a_connection_that_failed_is_not(runner: Writer | Readers, error: type[apsw.Error]) -> None:
    first = runner.run_job(itself)
    with pytest.raises(error):
        runner.run_job(fail, error)
    second = runner.run_job(itself)
    assert second is not first
    with pytest.raises(apsw.ConnectionClosedError):
        itself(first)
    runner.close()


def test_nothing_of_a_failed_job_is_kept(path: Path) -> None:
    writer = Writer(path, Limits())

    def add_and_fail(connection: apsw.Connection) -> None:
        execute(connection, "INSERT INTO pings (content) VALUES (x'00')")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        writer.run_job(add_and_fail)
    assert writer.run_job(lambda connection: execute(connection, "SELECT * FROM pings")) == []
    writer.close()


def test_a_setting_that_does_not_take_is_noticed() -> None:
    with pytest.raises(StorageUnavailable, match="refuses journal_mode=wal"):
        open_writer(Path(":memory:"), Limits())


Open = Callable[[Path, Limits], apsw.Connection]


@pytest.mark.parametrize("opened", [open_reader, open_writer])
def test_every_connection_keeps_within_its_limits(path: Path, opened: Open) -> None:
    connection = opened(path, Limits(busy_seconds=1.5, cache_bytes=3 * 1024 * 1024))
    assert pragma(connection, "busy_timeout") == 1500
    assert pragma(connection, "cache_size") == -3 * 1024
    connection.close()


@pytest.mark.parametrize("opened", [open_reader, open_writer])
def test_no_connection_changes_the_schema_or_mistakes_a_name_for_a_text(
    path: Path, opened: Open
) -> None:
    connection = opened(path, Limits())
    execute(connection, "PRAGMA writable_schema = ON")
    with pytest.raises(apsw.Error):
        execute(connection, "UPDATE sqlite_schema SET sql = sql")
    with pytest.raises(apsw.SQLError):
        execute(connection, 'SELECT name FROM users WHERE name = "no such column"')
    connection.close()


def test_a_job_that_reads_sees_nothing_that_is_committed_meanwhile(path: Path) -> None:
    readers, writer = Readers(path, Limits(readers=1)), Writer(path, Limits())

    def count(connection: apsw.Connection) -> int:
        [(found,)] = execute(connection, "SELECT count(*) FROM pings")
        return found

    def add(connection: apsw.Connection) -> None:
        execute(connection, "INSERT INTO pings (content) VALUES (x'00')")

    def count_twice(connection: apsw.Connection) -> list[int]:
        before = count(connection)
        writer.run_job(add)
        return [before, count(connection)]

    writer.open()
    readers.open()
    assert readers.run_job(count_twice) == [0, 0]
    assert readers.run_job(count) == 1
    readers.close()
    writer.close()


def test_a_reader_only_reads(path: Path) -> None:
    connection = open_reader(path, Limits())
    assert pragma(connection, "query_only") == 1
    with pytest.raises(apsw.ReadOnlyError):
        execute(connection, "DELETE FROM users")
    connection.close()
