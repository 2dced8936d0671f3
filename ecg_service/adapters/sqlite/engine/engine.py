"""Runs jobs on the database: one write at a time, reads concurrently."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import apsw

from ecg_service.actors import Threads
from ecg_service.adapters.sqlite.engine.connections import PAGE_SIZE
from ecg_service.adapters.sqlite.engine.deadline import RESERVE, Deadline
from ecg_service.adapters.sqlite.engine.errors import translate_errors
from ecg_service.adapters.sqlite.engine.limits import Limits
from ecg_service.adapters.sqlite.engine.readers import Readers
from ecg_service.adapters.sqlite.engine.writer import Writer
from ecg_service.adapters.threads import in_thread
from ecg_service.domain.errors import StorageUnavailable
from ecg_service.ports.store import StoreStatistics

P = ParamSpec("P")
T = TypeVar("T")


class Engine:
    """One thread that writes and a few that read, each kind with a bounded queue."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._limits = limits
        self._writer = Writer(path, limits)
        self._readers = Readers(path, limits)
        self._writing = Threads("sqlite-write", size=1, capacity=limits.waiting_writes)
        self._reading = Threads("sqlite-read", size=limits.readers, capacity=limits.waiting_reads)
        self._closed = False

    async def start(self) -> None:
        """Open the connections, so that a file that cannot be written fails here."""
        await self._run(self._writing, self._writer.open)
        await self._run(self._reading, self._readers.open)

    async def write(
        self,
        job: Callable[Concatenate[apsw.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run the job in a transaction of its own that is on disk when this returns."""
        return await self.write_until(None, job, *args, **kwargs)

    async def write_until(
        self,
        until: float | None,
        job: Callable[Concatenate[apsw.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Do what `write` does, or raise `StorageUnavailable` or `OutcomeUnknown` in time."""
        seconds = self._limits.write_seconds
        deadline = Deadline(until or time.monotonic() + seconds, RESERVE * seconds)

        def write() -> T:
            self._writer.patience = min(deadline.begin(), self._limits.busy_seconds)
            return self._writer.run_job(job, *args, **kwargs)

        async with deadline.kept():
            return await self._run(self._writing, write)

    async def read(
        self,
        job: Callable[Concatenate[apsw.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run the job on one snapshot of the database."""
        return await self._run(self._reading, lambda: self._readers.run_job(job, *args, **kwargs))

    def statistics(self) -> StoreStatistics:
        """Return how much waits and how long the log is."""
        return StoreStatistics(
            waiting_reads=self._reading.statistics().waiting,
            waiting_writes=self._writing.statistics().waiting,
            commits=self._writer.commits,
            log_bytes=self._writer.log_pages * PAGE_SIZE,
            last_commit=self._writer.last_commit,
        )

    def close(self) -> None:
        """Refuse new jobs, finish those that run or wait, and close the file.

        Blocks: a cancelled shutdown must not release the file while it is written.
        """
        self._closed = True
        # Readers first: the last connection to close checkpoints the log, which takes a writer.
        self._reading.close()
        self._readers.close()
        self._writing.close()
        self._writer.close()

    async def _run(self, threads: Threads, job: Callable[[], T]) -> T:
        if self._closed:
            raise StorageUnavailable("the store is closed")
        with translate_errors():
            return await in_thread(threads, job)
