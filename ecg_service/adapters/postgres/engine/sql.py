"""The part of asyncpg that is used, with types, which asyncpg lacks; only this imports it."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import asyncpg  # pyright: ignore[reportMissingTypeStubs]

_driver: Any = asyncpg
Record = Sequence[Any]
PostgresError = asyncpg.PostgresError

LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the server has ended it between two statements
    OSError,
    EOFError,
)
"""What a connection raises that has failed, or cannot be made."""

CLOSING_SECONDS = 0.05
"""In which the event loop closes connections that were given up, or that the server has ended or refused."""


class Connection(Protocol):
    """A connection to PostgreSQL; raises asyncpg's errors."""

    async def execute(self, query: str, *args: object) -> str:
        """Run a statement or, without arguments, several; return the last one's tag."""
        ...

    async def executemany(self, command: str, args: Iterable[Sequence[object]]) -> None:
        """Run the statement for each row."""
        ...

    async def fetch(self, query: str, *args: object) -> list[Record]:
        """Return all rows."""
        ...

    async def fetchrow(self, query: str, *args: object) -> Record | None:
        """Return the first row."""
        ...

    async def fetchval(self, query: str, *args: object) -> Any:  # noqa: ANN401 - what the statement says
        """Return the first value of the first row."""
        ...

    async def copy_records_to_table(
        self, table_name: str, *, records: Iterable[Sequence[object]], columns: Sequence[str]
    ) -> str:
        """Copy rows in the binary format."""
        ...

    def is_in_transaction(self) -> bool: ...
    def is_closed(self) -> bool: ...
    def terminate(self) -> None:
        """Close the connection without a word to the server."""
        ...


class Pool(Protocol):
    """A pool of connections, each lent to one at a time."""

    async def acquire(self) -> Connection: ...
    async def release(self, connection: Connection) -> None: ...
    def terminate(self) -> None: ...


async def connect(url: str, settings: Mapping[str, str], *, seconds: float) -> Connection:
    """Make one connection, or raise an error within this time."""
    made = _driver.connect(url, timeout=seconds, server_settings={**settings})
    try:
        return await made
    except PostgresError:
        await asyncio.sleep(CLOSING_SECONDS)  # in which the event loop closes the socket
        raise


async def make_pool(url: str, settings: Mapping[str, str], *, seconds: float, size: int) -> Pool:
    """Make a pool of at most `size` connections, and its first connection within this time."""
    pool = await _driver.create_pool(
        url,
        min_size=0,  # more are kept up in the background, with a traceback in the log for each try
        max_size=size,
        timeout=seconds,
        server_settings={**settings},
        reset=_leave_as_it_is,
    )
    try:
        await pool.release(await pool.acquire())
    except BaseException:
        pool.terminate()
        raise
    return pool


async def _leave_as_it_is(connection: object) -> None:
    """Spare a round trip: no statement here changes a session, and no transaction is left open."""


def id_of(raw: bytes) -> object:
    """Return an id as the driver has it: made and sent in a tenth of the time of Python's."""
    return _driver.pgproto.pgproto.UUID(raw)


def state_of(error: BaseException) -> str:
    """Return the SQLSTATE of an error, if it has one."""
    return getattr(error, "sqlstate", None) or ""


def count_of(tag: str) -> int:
    """Return how many rows a statement changed, from its tag such as "DELETE 3"."""
    return int(tag.rpartition(" ")[2])
