"""The file that a `sqlite:///PATH` URL names, and the store that it opens."""

from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import unquote

from ecg_service.adapters.sqlite.backup import backup, restore
from ecg_service.adapters.sqlite.check import check
from ecg_service.adapters.sqlite.contents import contents, fill
from ecg_service.adapters.sqlite.engine.files.identity import identity
from ecg_service.adapters.sqlite.engine.files.lock import exclusive_lock
from ecg_service.adapters.sqlite.engine.limits import Limits
from ecg_service.adapters.sqlite.schema.migrations import migrate
from ecg_service.adapters.sqlite.store import DEFAULTS, SqliteStore
from ecg_service.ports.copies import Contents, Copying, VerifyBlob
from ecg_service.ports.store import Checked, Database, SharedDatabase

URL_START = "sqlite:///"


@dataclass
class SharedSqlite(SharedDatabase):
    """A file that this process holds for its children."""

    path: Path
    limits: Limits
    hold: Callable[[], None]

    def __post_init__(self) -> None:
        self._held = identity(str(self.path))

    @property
    def is_replaced(self) -> bool:
        return identity(str(self.path)) not in (self._held, None)

    def renew(self) -> None:
        self.hold()
        self._held = identity(str(self.path))

    def open(self) -> AbstractAsyncContextManager[SqliteStore]:
        return SqliteStore.open_shared(self.path, self.limits)


@dataclass(frozen=True, slots=True)
class SqliteDatabase(Database):
    """A database in one file."""

    path: Path
    limits: Limits = DEFAULTS

    @classmethod
    def from_url(
        cls,
        url: str,
        *,
        reader_threads: int,
        reader_queue: int,
        write_seconds: float,
        reserve_bytes: int,
        audited: bool = False,
    ) -> Self | None:
        """Return the database if the URL names a file.

        A relative path stands after three slashes, an absolute one after four.
        Raises `ValueError` for SQLite's own names of databases without a file.
        """
        path = unquote(url.removeprefix(URL_START))
        if not url.startswith(URL_START) or not path or "?" in url or "#" in url:
            return None
        if path.startswith((":memory:", "file:")):
            raise ValueError(f"{url!r} names no file: use sqlite:///PATH, or memory://")
        limits = Limits(
            readers=reader_threads,
            waiting_reads=reader_queue,
            write_seconds=write_seconds,
            reserve_bytes=reserve_bytes,
            audited=audited,
        )
        return cls(Path(path), limits)

    def __str__(self) -> str:
        return str(self.path)

    @property
    def is_persistent(self) -> bool:
        return True

    @property
    def is_served(self) -> bool:
        return False

    def exists(self) -> bool:
        return self.path.exists()

    def migrate(self) -> list[str]:
        return migrate(self.path)

    def open(self) -> AbstractAsyncContextManager[SqliteStore]:
        return SqliteStore.open(self.path, self.limits)

    @contextmanager
    def shared(self) -> Generator[SharedSqlite]:
        with exclusive_lock(self.path) as hold:
            yield SharedSqlite(self.path, self.limits, hold)

    def open_beside(self) -> AbstractAsyncContextManager[SqliteStore]:
        return SqliteStore.open_beside(self.path, self.limits)

    def check(self, verify_blob: VerifyBlob, checked: Checked) -> Iterator[str]:
        return check(self.path, verify_blob, checked)

    def backup(self, to: Path, copying: Copying) -> Checked:
        return backup(self.path, to, copying)

    def restore(self, backup: Path, copying: Copying) -> Checked:
        return restore(self.path, backup, copying)

    def contents(self) -> AbstractContextManager[Contents]:
        return contents(self.path)

    def fill(self, contents: Contents, copying: Copying) -> Checked:
        return fill(self.path, contents, copying)

    def admin_password_file(self) -> Path:
        return self.path.with_name(self.path.name + ".admin-password")
