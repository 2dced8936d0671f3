"""Runs jobs on the database: one write at a time, reads concurrently."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import apsw

from ecg_service.actors import Threads
from ecg_service.adapters.deadline import RESERVE, Deadline
from ecg_service.adapters.outcomes import Outcomes
from ecg_service.adapters.sqlite.engine.errors import translate_errors
from ecg_service.adapters.sqlite.engine.files.turns import Turn, alone
from ecg_service.adapters.sqlite.engine.limits import Limits
from ecg_service.adapters.sqlite.engine.open_database import OpenDatabase, Stale
from ecg_service.adapters.sqlite.engine.trail import Trail
from ecg_service.adapters.threads import in_thread
from ecg_service.domain.errors import EcgError, StorageUnavailable
from ecg_service.ports.store import StoreStatistics

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S")
T = TypeVar("T")

Job = Callable[[apsw.Connection], T]
Write = Callable[[Job[T]], T]


COPIED = 8
"""Steps, after each of which the log has grown by half a megabyte."""


class Engine:
    """One thread that writes and a few that read, each kind with a bounded queue."""

    def __init__(
        self,
        path: Path,
        limits: Limits,
        hold: Callable[[], None] = lambda: None,
        turn: Turn = alone,
    ) -> None:
        self._limits = limits
        self.trail = Trail(on=limits.audited)
        self._database = OpenDatabase(path, limits, hold, turn)
        self._writing = Threads("sqlite-write", size=1, capacity=limits.waiting_writes)
        self._reading = Threads("sqlite-read", size=limits.readers, capacity=limits.waiting_reads)
        self._copying: asyncio.Future[None] | None = None
        self._outcomes = Outcomes()
        self._closed = False

    async def start(self) -> None:
        """Open the connections, so that a file that cannot be written fails here."""
        await self._run(self._writing, self._database.open)

    async def write(
        self,
        job: Callable[Concatenate[apsw.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run the job in a transaction of its own that is on disk when this returns."""
        write: Write[T] = self._database.write
        return await self._write(write, lambda c: job(c, *args, **kwargs))

    async def write_after(
        self,
        prepare: Callable[[], S],
        job: Callable[[apsw.Connection, S], T],
        *,
        until: float | None = None,
    ) -> T | None:
        """Call `prepare` before the transaction and add with the job what it returns, if anything.

        Ends in time, or raises `StorageUnavailable` or `OutcomeUnknown`.
        """

        def work(write: Write[T]) -> T | None:
            prepared = prepare()
            return write(lambda c: job(c, prepared)) if prepared else None

        return await self._in_time(until, self._database.write, work, adds=True)

    async def write_even_if_full(
        self,
        job: Callable[Concatenate[apsw.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Do what `write` does, also on a full disk: for what makes room, or cannot wait for it."""
        write: Write[T] = self._database.write_even_if_full
        return await self._write(write, lambda c: job(c, *args, **kwargs))

    async def copy_back(self, step: int) -> None:
        """Copy the log into the database at some of the steps in which much is written.

        While a long log is copied all writes wait.
        """
        if step % COPIED == 0:
            await self._run(self._writing, self._database.writer.copy_back)

    async def fold_back(self) -> None:
        """Copy the log into the database and empty it, while all writes wait."""
        await self._run(self._writing, self._database.writer.fold_back)

    async def _write(self, write: Write[T], job: Job[T]) -> T:
        return await self._in_time(None, write, lambda run: run(job))

    async def _in_time(
        self,
        until: float | None,
        write: Write[T],
        work: Callable[[Write[T]], R],
        *,
        adds: bool = False,
    ) -> R:
        """Call `work` in the writing thread, with how to write until then."""
        seconds = self._limits.write_seconds
        deadline = Deadline(until or time.monotonic() + seconds, RESERVE * seconds)

        def run(job: Job[T]) -> T:
            def begin(connection: apsw.Connection) -> T:
                deadline.begin()
                return job(connection)

            self._database.renew()
            self._database.writer.patience = min(deadline.left(), self._limits.busy_seconds)
            return write(begin)

        def watched() -> tuple[R, bool]:
            before = self._database.writer.commits
            return work(run), self._database.writer.commits > before

        with self._outcomes.noting_failures():
            async with deadline.kept():
                result, wrote = await self._run(self._writing, watched)
        if wrote:
            self._outcomes.committed(adds=adds)
        self._use_lull()
        return result

    def _use_lull(self) -> None:
        """Copy the log back while nobody waits to write: at its full size everybody waits for that."""
        is_lull = self._writing.is_idle and (self._copying is None or self._copying.done())
        if is_lull and self._database.writer.has_grown:
            self._copying = asyncio.ensure_future(self._copy_back())

    async def _copy_back(self) -> None:
        with suppress(EcgError):  # the next one tries again
            await self._run(self._writing, self._database.writer.copy_back)

    async def read(
        self,
        job: Callable[Concatenate[apsw.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run the job on one snapshot of the database."""

        def read() -> T:
            return self._database.read(lambda c: job(c, *args, **kwargs))

        try:
            return await self._run(self._reading, read)
        except Stale:
            await self._run(self._writing, self._database.renew)
            return await self._run(self._reading, read)

    def statistics(self) -> StoreStatistics:
        """Return how much waits and how long the log is."""
        return StoreStatistics(
            waiting_reads=self._reading.statistics().waiting,
            waiting_writes=self._writing.statistics().waiting,
            commits=self._outcomes.commits,
            log_bytes=self._database.writer.log_bytes,
            last_added=self._outcomes.last_added,
            failures=self._outcomes.failures,
            last_failure=self._outcomes.last_failure,
        )

    def close(self) -> None:
        """Refuse new jobs, finish those that run or wait, and close the file.

        Blocks: a cancelled shutdown must not release the file while it is written.
        """
        self._closed = True
        self._reading.close()
        self._writing.close()
        self._database.close()

    async def _run(self, threads: Threads, job: Callable[[], T]) -> T:
        if self._closed:
            raise StorageUnavailable("the store is closed")
        with translate_errors():
            return await in_thread(threads, job)
