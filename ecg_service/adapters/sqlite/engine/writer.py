"""The one connection that writes and keeps the write-ahead log short."""

import math
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import apsw

from ecg_service.adapters.sqlite.engine.connections import PAGE_SIZE, open_writer
from ecg_service.adapters.sqlite.engine.errors import CONNECTION_LOST
from ecg_service.adapters.sqlite.engine.limits import Limits
from ecg_service.adapters.sqlite.engine.sql import execute

P = ParamSpec("P")
T = TypeVar("T")

RESTART_FACTOR = 4
"""The multiple of its limit at which a checkpoint of the log waits for the readers."""
RESTART_SECONDS = 1.0
"""How long it waits, while other writes wait for it."""


class Writer:
    """Runs transactions; all methods are called on one thread, except for the last `close`."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._path = path
        self._limits = limits
        self._connection: apsw.Connection | None = None
        self._log = 0
        self.patience = limits.busy_seconds
        self.commits = self.log_pages = 0
        self.last_commit = -math.inf
        self._checkpoint_at = max(1, limits.wal_bytes // PAGE_SIZE)
        self._restart_at = RESTART_FACTOR * self._checkpoint_at

    def open(self) -> apsw.Connection:
        """Return the connection; open it if there is none, as after a failure."""
        if self._connection is None:
            self._connection = open_writer(self._path, self._limits)
            self._connection.set_wal_hook(self._committed)
        self._connection.set_busy_timeout(int(self.patience * 1000))
        return self._connection

    def run_job(
        self,
        job: Callable[Concatenate[apsw.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run the job in a transaction: commit all that it does, or nothing."""
        connection = self.open()
        with self._discarding(), transaction(connection):
            result = job(connection, *args, **kwargs)
        # The commit stands whatever happens to the log: the next one tries again.
        with suppress(apsw.Error), self._discarding():
            self._checkpoint(connection)
        return result

    def close(self) -> None:
        """Close the connection, if any."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close(force=True)

    @contextmanager
    def _discarding(self) -> Generator[None]:
        try:
            yield
        except CONNECTION_LOST:
            self.close()
            raise

    def _committed(self, _connection: apsw.Connection, _schema: str, pages: int) -> int:
        self._log = self.log_pages = pages
        self.commits += 1
        self.last_commit = time.monotonic()
        return apsw.SQLITE_OK

    def _checkpoint(self, connection: apsw.Connection) -> None:
        if self._log >= self._restart_at:
            self._restart(connection)
        elif self._log >= self._checkpoint_at:
            connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
        self._log = 0

    def _restart(self, connection: apsw.Connection) -> None:
        """Checkpoint after waiting for the readers of the log, so that it restarts.

        If a reader takes too long (a backup, a check), the log may grow to twice this size
        before the next attempt.
        """
        self._restart_at *= 2
        connection.set_busy_timeout(int(1000 * min(self.patience, RESTART_SECONDS)))
        connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
        self._restart_at = RESTART_FACTOR * self._checkpoint_at


@contextmanager
def transaction(connection: apsw.Connection) -> Generator[None]:
    """Commit the block, or roll it back if it fails."""
    execute(connection, "BEGIN IMMEDIATE")
    try:
        yield
        execute(connection, "COMMIT")
    except BaseException:
        if connection.in_transaction:
            execute(connection, "ROLLBACK")
        raise
