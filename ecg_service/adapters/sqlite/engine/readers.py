"""Read-only connections, one for each thread that reads."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import apsw

from ecg_service.adapters.sqlite.engine.connections import open_reader
from ecg_service.adapters.sqlite.engine.limits import Limits
from ecg_service.adapters.sqlite.engine.sql import execute

P = ParamSpec("P")
T = TypeVar("T")


class Readers:
    """Gives each job a connection of its own; closes one that failed."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._path = path
        self._limits = limits
        self._idle: list[apsw.Connection] = []

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
    def _borrowed(self) -> Generator[apsw.Connection]:
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
