"""The database of the URL `memory://`, which forgets."""

import tempfile
from collections.abc import AsyncGenerator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Self

from ecg_service.adapters.memory.store import MemoryStore
from ecg_service.adapters.memory.users import MemoryUsers
from ecg_service.ports.store import Database, VerifyBlob

URL = "memory://"


class MemoryDatabase(Database):
    """A new, empty store each time it is opened."""

    @classmethod
    def from_url(cls, url: str, *, reader_threads: int, reader_queue: int) -> Self | None:
        """Return it if the URL names it; reading takes no threads."""
        del reader_threads, reader_queue
        return cls() if url == URL else None

    def __str__(self) -> str:
        return URL

    @property
    def is_persistent(self) -> bool:
        return False

    def exists(self) -> bool:
        return False

    def migrate(self) -> list[str]:
        return []

    def open(self) -> AbstractAsyncContextManager[MemoryStore]:
        return MemoryStore.open()

    @asynccontextmanager
    async def open_users(self) -> AsyncGenerator[MemoryUsers]:
        yield MemoryUsers()

    def check(self, verify_blob: VerifyBlob) -> Iterator[str]:
        del verify_blob
        return iter(())

    def admin_password_file(self) -> Path:
        """Return a file in a new folder that only its owner may enter."""
        return Path(tempfile.mkdtemp(prefix="ecg-")) / "admin-password"
