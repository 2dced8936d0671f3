"""An opened SQLite store."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import apsw

from ecg_service.adapters.sqlite.ecgs import SqliteEcgs
from ecg_service.adapters.sqlite.engine.connections import require_safe
from ecg_service.adapters.sqlite.engine.engine import Engine
from ecg_service.adapters.sqlite.engine.limits import Limits
from ecg_service.adapters.sqlite.engine.lock import owned
from ecg_service.adapters.sqlite.insights import SqliteInsights
from ecg_service.adapters.sqlite.schema import require_current
from ecg_service.adapters.sqlite.users import SqliteUsers
from ecg_service.ports.store import StoreStatistics

DEFAULTS = Limits()
LIBRARY = apsw.sqlite_lib_version()


@dataclass(frozen=True, slots=True)
class SqliteStore:
    """The repositories over one file."""

    ecgs: SqliteEcgs
    insights: SqliteInsights
    users: SqliteUsers
    statistics: Callable[[], StoreStatistics]

    @classmethod
    @asynccontextmanager
    async def open(
        cls, path: Path, limits: Limits = DEFAULTS, *, library: str = LIBRARY
    ) -> AsyncGenerator["SqliteStore"]:
        """Own the migrated file until the block ends.

        Raises `StorageUnavailable` if another service owns it, it lacks the current schema, or
        SQLite is too old to be trusted.
        """
        require_safe(library)
        with owned(path):
            async with _engine(path, limits) as engine:
                yield cls(
                    SqliteEcgs(engine),
                    SqliteInsights(engine),
                    SqliteUsers(engine),
                    engine.statistics,
                )

    @staticmethod
    @asynccontextmanager
    async def open_users(
        path: Path, limits: Limits = DEFAULTS, *, library: str = LIBRARY
    ) -> AsyncGenerator[SqliteUsers]:
        """Reach the users only, beside a service that may own the file, for a short while."""
        require_safe(library)
        async with _engine(path, limits) as engine:
            yield SqliteUsers(engine)


@asynccontextmanager
async def _engine(path: Path, limits: Limits) -> AsyncGenerator[Engine]:
    require_current(path)
    engine = Engine(path, limits)
    try:
        await engine.start()
        yield engine
    finally:
        engine.close()
