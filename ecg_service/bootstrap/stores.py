"""From a database URL to the store that keeps everything."""

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from ecg_service.actors import Threads
from ecg_service.adapters.memory import MemoryStore
from ecg_service.adapters.passwords import Argon2Passwords
from ecg_service.adapters.sqlite import Limits, SqliteStore, migrate
from ecg_service.ports.ecgs import EcgRepository
from ecg_service.ports.insights import InsightRepository
from ecg_service.ports.users import UserRepository
from ecg_service.services.users import Users
from ecg_service.settings import MEMORY, BadSettings, Settings


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
    if settings.database_url == MEMORY:
        return MemoryStore.open()
    path = sqlite_path(settings.database_url)
    migrate(path)
    return SqliteStore.open(path, _limits(settings))


@asynccontextmanager
async def users_beside(settings: Settings) -> AsyncGenerator[Users]:
    """Act on the users of a database, also beside a running service."""
    with closing(Threads("password", size=1, capacity=1)) as threads:
        path = sqlite_path(settings.database_url)
        migrate(path)
        async with SqliteStore.open_users(path, _limits(settings)) as repository:
            yield Users(repository, Argon2Passwords(threads))


def _limits(settings: Settings) -> Limits:
    return Limits(readers=settings.reader_threads, waiting_reads=settings.reader_queue)


def sqlite_path(database_url: str) -> Path:
    """Return the file of a `sqlite:///PATH` URL (three slashes relative, four absolute).

    Raises `BadSettings` for any other.
    """
    url = urlsplit(database_url)
    if url.scheme != "sqlite" or url.netloc or len(url.path) <= 1 or url.query or url.fragment:
        msg = f"ECG_DATABASE_URL: {database_url!r} is neither sqlite:///PATH nor memory://"
        raise BadSettings(msg)
    return Path(unquote(url.path[1:]))
