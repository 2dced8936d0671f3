"""From a database URL to the store that keeps everything."""

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from ecg_service.adapters.memory import MemoryStore
from ecg_service.adapters.sqlite import Limits, SqliteStore, migrate
from ecg_service.domain.errors import StorageUnavailable
from ecg_service.ports.ecgs import EcgRepository
from ecg_service.ports.insights import InsightRepository
from ecg_service.ports.users import UserRepository
from ecg_service.settings import Settings


class Store(Protocol):
    """All repositories, over one database."""

    @property
    def ecgs(self) -> EcgRepository: ...
    @property
    def insights(self) -> InsightRepository: ...
    @property
    def users(self) -> UserRepository: ...


def open_store(settings: Settings) -> AbstractAsyncContextManager[Store]:
    """Migrate and open what `database_url` names: `sqlite:///PATH` or `memory://`."""
    if settings.database_url == "memory://":
        return MemoryStore.open()
    path = sqlite_path(settings.database_url)
    migrate(path)
    return SqliteStore.open(path, _limits(settings))


@asynccontextmanager
async def open_users(settings: Settings) -> AsyncGenerator[UserRepository]:
    """Reach the users only, also beside a running service."""
    path = sqlite_path(settings.database_url)
    if not path.exists():
        migrate(path)
    async with SqliteStore.open_users(path, _limits(settings)) as users:
        yield users


def _limits(settings: Settings) -> Limits:
    return Limits(readers=settings.reader_threads, waiting_reads=settings.reader_queue)


def sqlite_path(database_url: str) -> Path:
    """Return the file of a `sqlite:///PATH` URL (three slashes relative, four absolute)."""
    url = urlsplit(database_url)
    if url.scheme != "sqlite" or url.netloc or len(url.path) <= 1 or url.query or url.fragment:
        msg = f"ECG_DATABASE_URL is {database_url!r}; expected sqlite:///PATH or memory://"
        raise StorageUnavailable(msg)
    return Path(unquote(url.path[1:]))
