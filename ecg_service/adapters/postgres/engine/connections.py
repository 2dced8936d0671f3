"""Makes connections, and reads back what durability depends on."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress

from ecg_service.adapters.postgres.engine.sql import (
    CLOSING_SECONDS,
    LOST,
    Connection,
    Pool,
    PostgresError,
    make_pool,
)
from ecg_service.domain.errors import EcgError, Overloaded, StorageUnavailable

OLDEST_SERVER = 140_000
SAFE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
"""With any other value a commit can be lost, or a page torn, when the power fails."""


def session(seconds: float, **others: str) -> dict[str, str]:
    """Return the settings of a session whose statements and locks take no longer than this.

    The server ends a transaction whose client is gone, or hangs, when it has idled that long.
    """
    bound = str(max(1, int(seconds * 1000)))
    return {
        "application_name": "ecg-service",
        "synchronous_commit": "on",
        "default_transaction_isolation": "read committed",
        "jit": "off",  # its planning costs more than these statements
        "statement_timeout": bound,
        "lock_timeout": bound,
        "idle_in_transaction_session_timeout": bound,
        **others,
    }


async def require_safe_server(connection: Connection) -> None:
    """Raise `StorageUnavailable` for a server that may lose commits, or is too old."""
    version = int(await connection.fetchval("SHOW server_version_num"))
    if version < OLDEST_SERVER:
        raise StorageUnavailable(f"PostgreSQL {OLDEST_SERVER // 10_000} or later is needed")
    for name, value in SAFE.items():
        if await connection.fetchval(f"SHOW {name}") != value:
            raise StorageUnavailable(f"PostgreSQL can lose commits: {name} must be {value}")


class Connections:
    """A pool of connections behind a bounded queue."""

    def __init__(self, pool: Pool, *, size: int, capacity: int) -> None:
        self._pool = pool
        self._size = size
        self._most = size + capacity
        self._calls = 0

    @classmethod
    @asynccontextmanager
    async def made(
        cls, url: str, settings: Mapping[str, str], *, seconds: float, size: int, capacity: int
    ) -> AsyncGenerator["Connections"]:
        """Make the first connection; close all at the end of the block, also those in use."""
        pool = await make_pool(url, settings, seconds=seconds, size=size)
        try:
            yield cls(pool, size=size, capacity=capacity)
        finally:
            pool.terminate()
            await asyncio.sleep(CLOSING_SECONDS)

    @property
    def waiting(self) -> int:
        return max(0, self._calls - self._size)

    @asynccontextmanager
    async def borrowed(self) -> AsyncGenerator[Connection]:
        """Lend a connection for the block; one in the midst of something when it ends is closed.

        Raises `Overloaded` if the queue is full. How long to wait is up to the caller.
        """
        if self._calls == self._most:
            raise Overloaded
        self._calls += 1
        try:
            connection = await self._pool.acquire()
            try:
                yield connection
            except BaseException as error:
                with suppress(*LOST):  # then the pool has given it up by itself
                    known = isinstance(error, EcgError | PostgresError)
                    if not known or connection.is_in_transaction():
                        connection.terminate()
                raise
            finally:
                await self._pool.release(connection)
        finally:
            self._calls -= 1
