"""Read-only connections, one for each thread that reads."""

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import apsw

from ecg_service.adapters.sqlite.engine.connections import open_reader
from ecg_service.adapters.sqlite.engine.limits import Limits
from ecg_service.adapters.sqlite.engine.sql import execute
from ecg_service.domain.errors import StorageUnavailable

P = ParamSpec("P")
T = TypeVar("T")


MAX_READ_SECONDS = 15.0
"""How long a job may hold up `closed`. SQLite itself tries a lock that fails for ten seconds."""


class Readers:
    """Gives each job a connection of its own; closes one that failed."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._path = path
        self._limits = limits
        self._idle: list[apsw.Connection] = []
        self._busy = 0
        self._paused = False
        self._turn = threading.Condition()

    def open(self) -> None:
        """Open all connections: on a full disk, open ones can read but no more can be opened."""
        self._idle = [open_reader(self._path, self._limits) for _ in range(self._limits.readers)]

    def run_job(
        self,
        job: Callable[Concatenate[apsw.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Call the job with a connection, on one snapshot of the database."""
        with self._borrowed() as connection:
            execute(connection, "BEGIN")
            try:
                return job(connection, *args, **kwargs)
            finally:
                execute(connection, "ROLLBACK")

    def close(self) -> None:
        """Close all connections; none may be in use."""
        while self._idle:
            self._idle.pop().close(force=True)

    @contextmanager
    def closed(self) -> Generator[None]:
        """Let no job run during the block, which begins when all connections are closed.

        Raises `StorageUnavailable` if a job that runs does not end.
        """
        with self._turn:
            self._paused = True
        try:
            with self._turn:
                if not self._turn.wait_for(lambda: not self._busy, MAX_READ_SECONDS):
                    raise StorageUnavailable("the database is still being read")
            self.close()
            yield
        finally:
            with self._turn:
                self._paused = False
                self._turn.notify_all()

    @contextmanager
    def _borrowed(self) -> Generator[apsw.Connection]:
        with self._turn:
            self._turn.wait_for(lambda: not self._paused)
            self._busy += 1
        try:
            with self._kept() as connection:
                yield connection
        finally:
            with self._turn:
                self._busy -= 1
                self._turn.notify_all()

    @contextmanager
    def _kept(self) -> Generator[apsw.Connection]:
        connection = self._take()
        try:
            yield connection
        except apsw.Error:
            connection.close(force=True)
            raise
        except BaseException:
            self._idle.append(connection)
            raise
        self._idle.append(connection)

    def _take(self) -> apsw.Connection:
        try:
            return self._idle.pop()
        except IndexError:
            return open_reader(self._path, self._limits)
