"""The repositories of one file, opened by one process or by several."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import apsw

from ecg_service.adapters.sqlite.audit import SqliteAudit
from ecg_service.adapters.sqlite.ecgs import SqliteEcgs
from ecg_service.adapters.sqlite.engine.connections import require_safe_library
from ecg_service.adapters.sqlite.engine.engine import Engine
from ecg_service.adapters.sqlite.engine.files.lock import exclusive_lock
from ecg_service.adapters.sqlite.engine.files.turns import Turn, alone, in_turn
from ecg_service.adapters.sqlite.engine.limits import Limits
from ecg_service.adapters.sqlite.grants import SqliteGrants
from ecg_service.adapters.sqlite.identities import SqliteIdentities
from ecg_service.adapters.sqlite.insights import SqliteInsights
from ecg_service.adapters.sqlite.schema.migrations import require_current
from ecg_service.adapters.sqlite.users import SqliteUsers
from ecg_service.domain.errors import StorageUnavailable
from ecg_service.ports.store import StoreStatistics

DEFAULTS = Limits()
LIBRARY = apsw.sqlite_lib_version()


@dataclass(frozen=True, slots=True)
class SqliteStore:
    """The repositories of one file."""

    ecgs: SqliteEcgs
    insights: SqliteInsights
    users: SqliteUsers
    identities: SqliteIdentities
    grants: SqliteGrants
    audit: SqliteAudit
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
                store = cls._of(engine)
                await store.ecgs.remove_leftovers()
                yield store

    @classmethod
    @asynccontextmanager
    async def open_shared(
        cls, path: Path, limits: Limits = DEFAULTS, *, library: str = LIBRARY
    ) -> AsyncGenerator["SqliteStore"]:
        """Open the file, which a parent of this process holds, beside its other children.

        If it is replaced, nothing can be written until the parent has taken hold of the new one.
        """
        require_safe_library(library)
        with in_turn(path) as turn:
            async with _engine(path, limits, _refuse, turn) as engine:
                yield cls._of(engine)

    @classmethod
    def _of(cls, engine: Engine) -> Self:
        return cls(
            SqliteEcgs(engine),
            SqliteInsights(engine),
            SqliteUsers(engine),
            SqliteIdentities(engine),
            SqliteGrants(engine),
            SqliteAudit(engine),
            engine.statistics,
        )

    @classmethod
    @asynccontextmanager
    async def open_beside(
        cls, path: Path, limits: Limits = DEFAULTS, *, library: str = LIBRARY
    ) -> AsyncGenerator["SqliteStore"]:
        """Open the migrated file for a short while; a service may have it open."""
        require_safe_library(library)
        # The reserve is the service's.
        with in_turn(path) as turn:
            async with _engine(path, replace(limits, reserve_bytes=0), turn=turn) as engine:
                yield cls._of(engine)


def _refuse() -> None:
    raise StorageUnavailable("the database was replaced: the workers are being started anew")


@asynccontextmanager
async def _engine(
    path: Path,
    limits: Limits,
    hold: Callable[[], None] = lambda: None,
    turn: Turn = alone,
) -> AsyncGenerator[Engine]:
    require_current(path)
    engine = Engine(path, limits, hold, turn)
    try:
        await engine.start()
        yield engine
    finally:
        engine.close()
