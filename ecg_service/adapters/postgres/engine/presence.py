"""Shows other processes that this one lives: it holds a lock that ends with its connection."""

import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from ecg_service.adapters.postgres.engine.connections import session
from ecg_service.adapters.postgres.engine.errors import translate_errors
from ecg_service.adapters.postgres.engine.limits import Limits
from ecg_service.adapters.postgres.engine.sql import Connection, connect

# Of one number, and of two: these are different locks.
HOLD = """
    SELECT pg_advisory_lock($1), pg_advisory_lock_shared(0, hashtext(current_schema()))
"""
ALONE = "SELECT pg_try_advisory_lock(0, hashtext(current_schema()))"
"""Whether nobody has the database, or the schema of it, open; from then on nobody can open it."""
PRESENT = """
    SELECT classid::bigint << 32 | objid::bigint FROM pg_locks
    WHERE locktype = 'advisory' AND objsubid = 1 AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
"""The numbers of the processes that live."""


class Presence:
    """A number by which this process is known while it lives."""

    def __init__(self, url: str, limits: Limits) -> None:
        self._url = url
        self._limits = limits
        self._connection: Connection | None = None
        self.number = secrets.randbits(62)

    async def renew(self) -> None:
        """Hold the lock, again if its connection was lost."""
        with translate_errors(self._url):
            if self._connection is None or self._connection.is_closed():
                self._connection = await connect(
                    self._url,
                    session(self._limits.read_seconds),
                    seconds=self._limits.connect_seconds,
                )
                await self._connection.execute(HOLD, self.number)

    @asynccontextmanager
    async def shown(self) -> AsyncGenerator[None]:
        """Hold the lock until the block ends."""
        await self.renew()
        try:
            yield
        finally:
            if self._connection is not None:
                self._connection.terminate()
