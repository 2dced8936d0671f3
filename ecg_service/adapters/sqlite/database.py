"""The file that a `sqlite:///PATH` URL names."""

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit

from ecg_service.adapters.sqlite.check import check
from ecg_service.adapters.sqlite.engine.limits import Limits
from ecg_service.adapters.sqlite.schema import migrate
from ecg_service.adapters.sqlite.store import DEFAULTS, SqliteStore
from ecg_service.adapters.sqlite.users import SqliteUsers
from ecg_service.ports.store import Database, VerifyBlob


@dataclass(frozen=True, slots=True)
class SqliteDatabase(Database):
    """One file, with another beside it for the first admin's password."""

    path: Path
    limits: Limits = DEFAULTS

    @classmethod
    def from_url(cls, url: str, *, reader_threads: int, reader_queue: int) -> Self | None:
        """Return the file of the URL (three slashes relative, four absolute), if it is one."""
        try:
            parts = urlsplit(url)
        except ValueError:  # a host with half a pair of brackets
            return None
        rest = parts.netloc or parts.query or parts.fragment
        if parts.scheme != "sqlite" or rest or len(parts.path) <= 1:
            return None
        limits = Limits(readers=reader_threads, waiting_reads=reader_queue)
        return cls(Path(unquote(parts.path[1:])), limits)

    def __str__(self) -> str:
        return str(self.path)

    @property
    def is_persistent(self) -> bool:
        return True

    def exists(self) -> bool:
        return self.path.exists()

    def migrate(self) -> list[str]:
        return migrate(self.path)

    def open(self) -> AbstractAsyncContextManager[SqliteStore]:
        return SqliteStore.open(self.path, self.limits)

    def open_users(self) -> AbstractAsyncContextManager[SqliteUsers]:
        return SqliteStore.open_users(self.path, self.limits)

    def check(self, verify_blob: VerifyBlob) -> Iterator[str]:
        return check(self.path, verify_blob)

    def admin_password_file(self) -> Path:
        return self.path.with_name(self.path.name + ".admin-password")
