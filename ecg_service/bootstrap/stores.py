"""Finds and opens the database that a URL names."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from types import MappingProxyType
from typing import Protocol

from ecg_service.actors import Threads
from ecg_service.adapters.memory import MemoryDatabase
from ecg_service.adapters.passwords import Argon2Passwords
from ecg_service.adapters.sqlite import SqliteDatabase
from ecg_service.ports.store import Database, Store
from ecg_service.services.authentication import VerifiedCredentials
from ecg_service.services.users import Users
from ecg_service.settings import BadSettings, ReaderSettings, Settings, StoreSettings, variable


class _FromUrl(Protocol):
    def __call__(
        self,
        url: str,
        *,
        reader_threads: int,
        reader_queue: int,
        write_seconds: float,
        reserve_bytes: int,
    ) -> Database | None:
        """Return the database if the URL is of this kind."""
        ...


STORES: Mapping[str, _FromUrl] = MappingProxyType(
    {
        "sqlite:///PATH": SqliteDatabase.from_url,
        "memory://": MemoryDatabase.from_url,
    }
)
"""Every kind of store, by the form of its URL."""

URL_FORMS = " or ".join(STORES)
DEFAULT_READERS = ReaderSettings()
DEFAULT_STORE = StoreSettings()


def configured_database(settings: Settings) -> Database:
    """Return the database that `database_url` names; raises `BadSettings`."""
    try:
        return database_from_url(settings.store.database_url, settings.readers, settings.store)
    except ValueError as error:
        raise BadSettings(f"{variable('database_url')}: {error}") from error


def database_from_url(
    url: str,
    readers: ReaderSettings = DEFAULT_READERS,
    store: StoreSettings = DEFAULT_STORE,
) -> Database:
    """Return the database that the URL names; raises `ValueError` for any other URL."""
    for from_url in STORES.values():
        found = from_url(
            url,
            reader_threads=readers.reader_threads,
            reader_queue=readers.reader_queue,
            write_seconds=store.max_write_seconds,
            reserve_bytes=store.reserve_bytes,
        )
        if found is not None:
            return found
    raise ValueError(f"{url!r} is neither {' nor '.join(STORES)}")


def persistent_database(settings: Settings) -> Database:
    """Return the configured database; raises `BadSettings` if it ends with its process."""
    database = configured_database(settings)
    if not database.is_persistent:
        msg = f"{variable('database_url')}: {database} cannot be reached from outside"
        raise BadSettings(msg)
    return database


def open_store(settings: Settings) -> AbstractAsyncContextManager[Store]:
    """Migrate and open the configured database."""
    database = configured_database(settings)
    database.migrate()
    return database.open()


@asynccontextmanager
async def open_users(settings: Settings) -> AsyncGenerator[Users]:
    """Open the users of the configured database, also beside a running service."""
    database = persistent_database(settings)
    with closing(Threads("password", size=1, capacity=1)) as threads:
        database.migrate()
        async with database.open_users() as repository:
            yield Users(repository, Argon2Passwords(threads), VerifiedCredentials())
