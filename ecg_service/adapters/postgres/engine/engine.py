"""Runs jobs on the database: each read in one statement, each write in a transaction."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import TypeVar

from ecg_service.adapters.deadline import RESERVE, Deadline
from ecg_service.adapters.outcomes import Outcomes
from ecg_service.adapters.postgres.engine.connections import (
    Connections,
    require_safe_server,
    session,
)
from ecg_service.adapters.postgres.engine.errors import is_lost, translate_errors
from ecg_service.adapters.postgres.engine.limits import Limits
from ecg_service.adapters.postgres.engine.sql import LOST, Connection, PostgresError
from ecg_service.adapters.postgres.engine.trail import Trail
from ecg_service.domain.audit.events import Event
from ecg_service.domain.errors import EcgError, OutcomeUnknown, StorageUnavailable
from ecg_service.ports.store import StoreStatistics

T = TypeVar("T")

Job = Callable[[Connection], Awaitable[T]]
Settled = Callable[[Connection], Awaitable[bool | None]]
"""Tells whether a transaction was committed, or None while it still may be."""

ASK_AGAIN_SECONDS = 0.05


def _always(_: object) -> bool:
    return True


async def _unknown(_: Connection) -> bool | None:
    raise OutcomeUnknown("the connection to the database was lost at the commit")


class Engine:
    """Two pools of connections: a queue of reads does not keep writes from theirs."""

    def __init__(self, reading: Connections, writing: Connections, limits: Limits) -> None:
        self._reading = reading
        self._writing = writing
        self._limits = limits
        self.trail = Trail(on=limits.audited)
        self._outcomes = Outcomes()

    @classmethod
    @asynccontextmanager
    async def opened(cls, url: str, limits: Limits) -> AsyncGenerator["Engine"]:
        """Make the first connections; close all at the end of the block."""
        async with AsyncExitStack() as stack:
            with translate_errors(url):
                reading = await stack.enter_async_context(
                    Connections.made(
                        url,
                        session(limits.read_seconds, default_transaction_read_only="on"),
                        seconds=limits.connect_seconds,
                        size=limits.read_connections,
                        capacity=limits.waiting_reads,
                    )
                )
                writing = await stack.enter_async_context(
                    Connections.made(
                        url,
                        session(limits.write_seconds),
                        seconds=limits.connect_seconds,
                        size=limits.write_connections,
                        capacity=limits.waiting_writes,
                    )
                )
                async with reading.borrowed() as connection:
                    await require_safe_server(connection)
            yield cls(reading, writing, limits)

    @property
    def read_seconds(self) -> float:
        """The time of a read with all of its waits."""
        return self._limits.read_seconds

    async def read(self, job: Job[T]) -> T:
        """Run a job that reads; each of its statements has a snapshot of its own."""
        with translate_errors():
            async with (
                asyncio.timeout(self._limits.read_seconds),
                self._reading.borrowed() as connection,
            ):
                return await job(connection)

    async def alone(self, job: Job[T]) -> T:
        """Run a job on a connection that may write, whose transactions are its own."""
        with translate_errors():
            async with (
                asyncio.timeout(self._limits.write_seconds),
                self._writing.borrowed() as connection,
            ):
                return await job(connection)

    async def write(
        self,
        job: Job[T],
        *,
        locks: str = "",
        until: float | None = None,
        settled: Settled = _unknown,
        wrote: Callable[[T], bool] = _always,
        note: Callable[[T], Sequence[Event]] | None = None,
        adds: bool = False,
    ) -> T:
        """Run the job in a transaction that is on disk when this returns; end it in time.

        The transaction begins with the statements `locks`, so that the job sees what is there then.
        If the connection is lost at the commit, `settled` finds out on another one how it ended.
        `wrote` tells from the result whether anything was written, and `adds` that it was ECGs.
        In the transaction, what there is to `note` of the result is appended to the audit trail.
        """
        if note and self.trail.on:
            job, locks = self._noting(job, note), locks + self.trail.lock
        seconds = self._limits.write_seconds
        deadline = Deadline(until or time.monotonic() + seconds, RESERVE * seconds)
        with self._outcomes.noting_failures(), translate_errors():
            async with deadline.kept():
                async with self._writing.borrowed() as connection:
                    result = await self._run(connection, locks, job, deadline)
                    committed = await _committed(connection)
                if not committed:
                    await self._settle(settled)
        if wrote(result):
            self._outcomes.committed(adds=adds)
        return result

    def _noting(self, job: Job[T], note: Callable[[T], Sequence[Event]]) -> Job[T]:
        async def noted(connection: Connection) -> T:
            result = await job(connection)
            await self.trail.append(connection, note(result))
            return result

        return noted

    async def _run(self, connection: Connection, locks: str, job: Job[T], deadline: Deadline) -> T:
        deadline.left()
        try:
            await connection.execute(f"BEGIN; {locks}")
            result = await job(connection)
            deadline.begin()
        except (EcgError, PostgresError):
            with suppress(*LOST):
                await connection.execute("ROLLBACK")
            raise
        return result

    async def _settle(self, settled: Settled) -> None:
        """Ask until it is known what became of the transaction; the deadline ends this."""
        while True:
            with suppress(PostgresError, *LOST):
                async with self._writing.borrowed() as connection:
                    committed = await settled(connection)
                if committed is False:
                    raise StorageUnavailable("the connection to the database was lost")
                if committed:
                    return
            await asyncio.sleep(ASK_AGAIN_SECONDS)

    def statistics(self) -> StoreStatistics:
        """Return how much waits and what was committed."""
        return StoreStatistics(
            waiting_reads=self._reading.waiting,
            waiting_writes=self._writing.waiting,
            commits=self._outcomes.commits,
            last_added=self._outcomes.last_added,
            failures=self._outcomes.failures,
            last_failure=self._outcomes.last_failure,
        )


async def _committed(connection: Connection) -> bool:
    """Commit; return False if the connection was lost, so that nobody knows."""
    try:
        tag = await connection.execute("COMMIT")
    except (PostgresError, *LOST) as error:
        if is_lost(error):
            with suppress(*LOST):  # then the pool has given it up by itself
                connection.terminate()
            return False
        raise
    if tag != "COMMIT":
        raise StorageUnavailable("the database rolled the transaction back")
    return True
