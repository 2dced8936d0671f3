"""Connections that only read, as many as there are threads to use them."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import apsw

from ecg_service.adapters.sqlite.engine.connections import open_reader
from ecg_service.adapters.sqlite.engine.limits import Limits
from ecg_service.adapters.sqlite.engine.sql import run

P = ParamSpec("P")
T = TypeVar("T")


class Readers:
    """Lends each call a connection of its own; one that failed is not lent again."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._path = path
        self._limits = limits
        self._idle: list[apsw.Connection] = []

    def open(self) -> None:
        """Open all now: on a full disk, reads can go on but not begin."""
        self._idle = [open_reader(self._path, self._limits) for _ in range(self._limits.readers)]

    def run(
        self,
        job: Callable[Concatenate[apsw.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Call the job with a connection on which nothing changes meanwhile."""
        with self._borrowed() as connection:
            run(connection, "BEGIN")
            try:
                return job(connection, *args, **kwargs)
            finally:
                run(connection, "ROLLBACK")

    def close(self) -> None:
        """Close all; none may be in use."""
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
