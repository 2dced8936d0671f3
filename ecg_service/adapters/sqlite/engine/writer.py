"""The one connection that writes and keeps the write-ahead log short."""

from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import apsw

from ecg_service.adapters.sqlite.engine.connections import PAGE_SIZE, open_writer
from ecg_service.adapters.sqlite.engine.errors import CONNECTION_LOST, UNWRITTEN, is_one_of
from ecg_service.adapters.sqlite.engine.files.turns import Turn, alone
from ecg_service.adapters.sqlite.engine.limits import Limits
from ecg_service.adapters.sqlite.engine.sql import execute
from ecg_service.domain.errors import OutcomeUnknown

P = ParamSpec("P")
T = TypeVar("T")

RESTART_FACTOR = 4
"""The multiple of its limit at which a checkpoint of the log waits for the readers."""
RESTART_SECONDS = 1.0
"""How long it waits, while other writes wait for it."""


class Writer:
    """Runs transactions; all methods are called on one thread, except for the last `close`."""

    def __init__(self, path: Path, limits: Limits, turn: Turn = alone) -> None:
        self._path = path
        self._limits = limits
        self._turn = turn
        self._connection: apsw.Connection | None = None
        self._log = self._copied = 0
        self.patience = limits.busy_seconds
        self.commits = self.log_bytes = 0
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
        """Run the job in a transaction: commit all that it does, or nothing.

        The job may run twice. Raises `OutcomeUnknown` if a crash could bring back what failed.
        """

        def run(connection: apsw.Connection) -> T:
            return job(connection, *args, **kwargs)

        with self._turn(self.patience):
            try:
                result = self._run(run)
            except CommitFailed:
                result = self._overwrite(run)
            self._checkpoint()
        return result

    def _run(self, run: Callable[[apsw.Connection], T]) -> T:
        connection = self.open()
        with self._discarding(), transaction(connection):
            return run(connection)

    def _overwrite(self, run: Callable[[apsw.Connection], T]) -> T:
        """Run the transaction again: in the log, its commit overwrites the one that failed."""
        try:
            self._reopen()
            return self._run(run)
        except (apsw.Error, CommitFailed) as error:
            raise OutcomeUnknown("the database failed at the commit") from error

    def _reopen(self) -> None:
        """Open the next connection before this one is closed.

        If no other were open, the next one would read the log, and take what failed for committed.
        """
        failed, self._connection = self._connection, None
        try:
            self.open()
        finally:
            if failed is not None:
                failed.close(force=True)

    @property
    def free_bytes(self) -> int:
        """How much of the database is not in use."""
        [(pages,)] = execute(self.open(), "PRAGMA freelist_count")
        return pages * PAGE_SIZE

    @property
    def has_grown(self) -> bool:
        """Whether so much is new in the log that a lull should be used to copy it back."""
        return self.log_bytes - self._copied >= self._limits.lull_bytes

    def copy_back(self) -> None:
        """Copy the log into the database as far as nobody reads it, before it gets long."""
        self._log = self._checkpoint_at
        with self._turn(self.patience):
            self._checkpoint()

    def fold_back(self) -> None:
        """Copy the log into the database and empty it, through the files that are open."""
        if self._connection is not None:
            with self._turn(self.patience):
                self._empty_log(self._connection)

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
        self._log, self.log_bytes = pages, pages * PAGE_SIZE
        if self.log_bytes < self._copied:  # it has begun anew
            self._copied = 0
        self.commits += 1
        return apsw.SQLITE_OK

    def _checkpoint(self) -> None:
        """Copy a long log into the database; if that fails, the commit stands all the same."""
        connection, log, self._log = self.open(), self._log, 0
        if log < self._checkpoint_at:
            return
        with suppress(apsw.Error), self._discarding():
            if log >= self._restart_at:
                self._restart(connection)
            else:
                connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
        self._copied = self.log_bytes

    def _restart(self, connection: apsw.Connection) -> None:
        """Checkpoint after waiting for the readers of the log, so that it restarts.

        If a reader takes too long (a backup, a check), the log may grow to twice this size
        before the next attempt.
        """
        self._restart_at *= 2
        self._empty_log(connection)
        self._restart_at = RESTART_FACTOR * self._checkpoint_at

    def _empty_log(self, connection: apsw.Connection) -> None:
        connection.set_busy_timeout(int(1000 * min(self.patience, RESTART_SECONDS)))
        connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
        self.log_bytes = 0


class CommitFailed(Exception):
    """The end of a transaction was written to the log, perhaps, and is not committed."""


@contextmanager
def transaction(connection: apsw.Connection) -> Generator[None]:
    """Commit the block, or roll it back if it fails."""
    execute(connection, "BEGIN IMMEDIATE")
    try:
        yield
        _commit(connection)
    except BaseException:
        if connection.in_transaction:
            execute(connection, "ROLLBACK")
        raise


def _commit(connection: apsw.Connection) -> None:
    try:
        execute(connection, "COMMIT")
    except apsw.Error as error:
        if is_one_of(error, UNWRITTEN):
            raise
        with suppress(apsw.Error):
            execute(connection, "ROLLBACK")
        raise CommitFailed from error
