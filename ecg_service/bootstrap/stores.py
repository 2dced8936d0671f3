"""From a database URL to the store that keeps everything."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from types import MappingProxyType
from typing import Protocol

from ecg_service.actors import Threads
from ecg_service.adapters.memory import MemoryDatabase
from ecg_service.adapters.passwords import Argon2Passwords
from ecg_service.adapters.sqlite import SqliteDatabase
from ecg_service.ports.store import Database, Store
from ecg_service.services.users import Users
from ecg_service.services.verified import VerifiedCredentials
from ecg_service.settings import BadSettings, ReaderSettings, Settings, variable


class _FromUrl(Protocol):
    def __call__(self, url: str, *, reader_threads: int, reader_queue: int) -> Database | None:
        """Return what the URL names, if it is of this kind."""
        ...


STORES: Mapping[str, _FromUrl] = MappingProxyType(
    {
        "sqlite:///PATH": SqliteDatabase.from_url,
        "memory://": MemoryDatabase.from_url,
    }
)
"""Every kind of store, by the form of its URL."""

URL_FORMS = " or ".join(STORES)
READERS = ReaderSettings()


def database_of(settings: Settings) -> Database:
    """Return what `database_url` names; raises `BadSettings`."""
    try:
        return database_at(settings.store.database_url, settings.readers)
    except ValueError as error:
        raise BadSettings(f"{variable('database_url')}: {error}") from error


def database_at(url: str, readers: ReaderSettings = READERS) -> Database:
    """Return what a database URL names; raises `ValueError` if no kind of store knows it."""
    for from_url in STORES.values():
        found = from_url(
            url, reader_threads=readers.reader_threads, reader_queue=readers.reader_queue
        )
        if found is not None:
            return found
    raise ValueError(f"{url!r} is neither {' nor '.join(STORES)}")


def persistent_database(settings: Settings) -> Database:
    """Return what `database_url` names if it outlives a process; else raises `BadSettings`."""
    database = database_of(settings)
    if not database.is_persistent:
        msg = f"{variable('database_url')}: {database} cannot be reached from outside"
        raise BadSettings(msg)
    return database


def open_store(settings: Settings) -> AbstractAsyncContextManager[Store]:
    """Migrate and open what `database_url` names."""
    database = database_of(settings)
    database.migrate()
    return database.open()


@asynccontextmanager
async def users_beside(settings: Settings) -> AsyncGenerator[Users]:
    """Act on the users of a database, also beside a running service."""
    database = persistent_database(settings)
    with closing(Threads("password", size=1, capacity=1)) as threads:
        database.migrate()
        async with database.open_users() as repository:
            yield Users(repository, Argon2Passwords(threads), VerifiedCredentials())
