"""The file that a `sqlite:///PATH` URL names, and the store that it opens."""

from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self
from urllib.parse import unquote

import apsw

from ecg_service.adapters.sqlite.backup import backup, restore
from ecg_service.adapters.sqlite.check import check
from ecg_service.adapters.sqlite.ecgs import SqliteEcgs
from ecg_service.adapters.sqlite.engine.connections import require_safe_library
from ecg_service.adapters.sqlite.engine.engine import Engine
from ecg_service.adapters.sqlite.engine.files.lock import exclusive_lock
from ecg_service.adapters.sqlite.engine.limits import Limits
from ecg_service.adapters.sqlite.insights import SqliteInsights
from ecg_service.adapters.sqlite.schema.migrations import migrate, require_current
from ecg_service.adapters.sqlite.users import SqliteUsers
from ecg_service.ports.copies import Copying, VerifyBlob
from ecg_service.ports.store import Checked, Database, StoreStatistics

URL_START = "sqlite:///"
DEFAULTS = Limits()
LIBRARY = apsw.sqlite_lib_version()


@dataclass(frozen=True, slots=True)
class SqliteStore:
    """The repositories of one file."""

    ecgs: SqliteEcgs
    insights: SqliteInsights
    users: SqliteUsers
    statistics: Callable[[], StoreStatistics]

    @classmethod
    @asynccontextmanager
    async def open(
        cls, path: Path, limits: Limits = DEFAULTS, *, library: str = LIBRARY
    ) -> AsyncGenerator["SqliteStore"]:
        """Open the migrated file, for this process alone, until the block ends.

        Raises `StorageUnavailable` if another service has it open, it lacks the current schema, or
        the SQLite library may lose commits.
        """
        require_safe_library(library)
        with exclusive_lock(path) as hold:
            async with _engine(path, limits, hold) as engine:
                ecgs = SqliteEcgs(engine)
                await ecgs.remove_leftovers()
                yield cls(
                    ecgs,
                    SqliteInsights(engine),
                    SqliteUsers(engine),
                    engine.statistics,
                )

    @staticmethod
    @asynccontextmanager
    async def open_users(
        path: Path, limits: Limits = DEFAULTS, *, library: str = LIBRARY
    ) -> AsyncGenerator[SqliteUsers]:
        """Open the users only, for a short while; a service may have the file open."""
        require_safe_library(library)
        # The reserve is the service's.
        async with _engine(path, replace(limits, reserve_bytes=0)) as engine:
            yield SqliteUsers(engine)


@asynccontextmanager
async def _engine(
    path: Path, limits: Limits, hold: Callable[[], None] = lambda: None
) -> AsyncGenerator[Engine]:
    require_current(path)
    engine = Engine(path, limits, hold)
    try:
        await engine.start()
        yield engine
    finally:
        engine.close()


@dataclass(frozen=True, slots=True)
class SqliteDatabase(Database):
    """A database in one file."""

    path: Path
    limits: Limits = DEFAULTS

    @classmethod
    def from_url(
        cls,
        url: str,
        *,
        reader_threads: int,
        reader_queue: int,
        write_seconds: float,
        reserve_bytes: int,
    ) -> Self | None:
        """Return the database if the URL names a file.

        A relative path stands after three slashes, an absolute one after four.
        Raises `ValueError` for SQLite's own names of databases without a file.
        """
        path = unquote(url.removeprefix(URL_START))
        if not url.startswith(URL_START) or not path or "?" in url or "#" in url:
            return None
        if path.startswith((":memory:", "file:")):
            raise ValueError(f"{url!r} names no file: use sqlite:///PATH, or memory://")
        limits = Limits(
            readers=reader_threads,
            waiting_reads=reader_queue,
            write_seconds=write_seconds,
            reserve_bytes=reserve_bytes,
        )
        return cls(Path(path), limits)

    def __str__(self) -> str:
        return str(self.path)

    @property
    def is_persistent(self) -> bool:
        return True

    def exists(self) -> bool:
        return self.path.exists()

    def migrate(self) -> list[str]:
        return migrate(self.path)

    def open(self) -> AbstractAsyncContextManager[SqliteStore]:
        return SqliteStore.open(self.path, self.limits)

    def open_users(self) -> AbstractAsyncContextManager[SqliteUsers]:
        return SqliteStore.open_users(self.path, self.limits)

    def check(self, verify_blob: VerifyBlob, checked: Checked) -> Iterator[str]:
        return check(self.path, verify_blob, checked)

    def backup(self, to: Path, copying: Copying) -> Checked:
        return backup(self.path, to, copying)

    def restore(self, backup: Path, copying: Copying) -> Checked:
        return restore(self.path, backup, copying)

    def admin_password_file(self) -> Path:
        return self.path.with_name(self.path.name + ".admin-password")
