"""The writer and the readers of one database, opened anew when its locks or files fail."""

from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import apsw

from ecg_service.adapters.sqlite.engine.errors import LOCKS_LOST, is_one_of
from ecg_service.adapters.sqlite.engine.files.identity import Files
from ecg_service.adapters.sqlite.engine.files.private import make_private
from ecg_service.adapters.sqlite.engine.files.reserve import Reserve
from ecg_service.adapters.sqlite.engine.files.turns import Turn, alone
from ecg_service.adapters.sqlite.engine.limits import Limits
from ecg_service.adapters.sqlite.engine.readers import Readers
from ecg_service.adapters.sqlite.engine.writer import Writer
from ecg_service.domain.errors import OutcomeUnknown, StorageFull, StorageUnavailable

T = TypeVar("T")


class Stale(StorageUnavailable):
    """The connections have to be opened anew."""


class OpenDatabase:
    """All connections to a database; all methods but `read` are called on one thread.

    `hold` locks the database that has the name, before it is opened in place of a replaced one.
    """

    def __init__(self, path: Path, limits: Limits, hold: Callable[[], None], turn: Turn) -> None:
        self._path = path
        self._hold = hold
        self.writer = Writer(path, limits, turn)
        self._readers = Readers(path, limits)
        self._files = Files(path)
        self._reserve = Reserve(path, limits.reserve_bytes, shared=turn is not alone)
        self._locks_lost = False

    def open(self) -> None:
        """Open all connections, and keep the reserve."""
        make_private(self._path)
        self.writer.open()
        self._files.remember()
        self._readers.open()
        self._reserve.covers(self.writer.log_bytes)

    def close(self) -> None:
        """Close all connections; no method may be running."""
        if self._files.changed():
            with suppress(apsw.Error, StorageUnavailable):
                self.writer.fold_back()  # SQLite would leave the log to the database that is there now
        # Readers first: the last connection to close checkpoints the log, which takes a writer.
        self._readers.close()
        self.writer.close()

    def write(self, job: Callable[[apsw.Connection], T]) -> T:
        """Run the job in a transaction of its own; `renew` is called first."""
        if not self._covered and not self._fold_back():
            raise StorageFull("the disk is full")
        with suppress(apsw.FullError):
            return self._write(job)
        if self.writer.log_bytes:
            self._fold_back()  # which frees the room that the log takes
        # The reserve is room enough if the database need not grow, and is whole again afterwards.
        fits = self.writer.free_bytes >= self._reserve.allocated
        return self.write_even_if_full(job) if fits else self._write(job)

    def write_even_if_full(self, job: Callable[[apsw.Connection], T]) -> T:
        """Do what `write` does, on a full disk in the room of the reserve."""
        try:
            return self._write(job)
        except apsw.FullError:
            if not self._reserve.release():
                raise
        return self._write(job)

    def _write(self, job: Callable[[apsw.Connection], T]) -> T:
        with self._watching_locks():
            result = self.writer.run_job(job)
        if self._files.changed():
            raise OutcomeUnknown("the database was replaced while it was written")
        if not self._covered:
            self._fold_back()
        return result

    @property
    def _covered(self) -> bool:
        return self._reserve.covers(self.writer.log_bytes)

    def _fold_back(self) -> bool:
        """Fold the log back in the room of the reserve; return whether that is whole again."""
        self._reserve.release()
        with suppress(apsw.Error, StorageUnavailable):
            self.writer.fold_back()
        return self._covered

    def read(self, job: Callable[[apsw.Connection], T]) -> T:
        """Run the job on one snapshot; raises `Stale` if `renew` has to be called first."""
        if self._locks_lost or self._files.look():
            raise Stale("the database was replaced, or its locks have failed")
        with self._watching_locks():
            return self._readers.run_job(job)

    def renew(self) -> None:
        """Open all connections anew if the locks have failed or the files were replaced.

        Raises `StorageUnavailable` while the database is gone, or not safe to open.
        """
        replaced = self._files.changed()
        if not replaced and not self._locks_lost:
            return
        with self._readers.closed():
            if replaced:
                self._leave_files()
            self.writer.close()
            if replaced:
                self._hold()
            self.open()
            self._locks_lost = False

    def _leave_files(self) -> None:
        """Complete the database that is open from its log, which must not meet another database."""
        self.writer.fold_back()
        if self._files.is_gone:
            raise StorageUnavailable("the database was moved away or deleted")
        if self._files.has_foreign_log:
            raise StorageUnavailable("the log beside the database is that of another one")

    @contextmanager
    def _watching_locks(self) -> Generator[None]:
        try:
            yield
        except apsw.Error as error:
            self._locks_lost |= is_one_of(error, LOCKS_LOST)
            raise
