"""Finds and opens the database that a URL names."""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing, nullcontext
from functools import partial
from importlib import import_module
from types import MappingProxyType, ModuleType

from ecg_service.actors import Threads
from ecg_service.adapters.memory import MemoryDatabase
from ecg_service.adapters.passwords import Argon2Passwords
from ecg_service.adapters.sqlite import SqliteDatabase
from ecg_service.bootstrap.spellings import DATABASES, REDIS, advice
from ecg_service.ports.store import Database, SharedDatabase, Store
from ecg_service.services.credentials import VerifiedCredentials
from ecg_service.services.users import Users
from ecg_service.settings import BadSettings, Settings, masked, variable


def is_audited(settings: Settings) -> bool:
    """Whether what is done is noted."""
    return settings.auditing.audit == "on"


def _sqlite(url: str, settings: Settings) -> Database | None:
    return SqliteDatabase.from_url(
        url,
        reader_threads=settings.readers.reader_threads,
        reader_queue=settings.readers.reader_queue,
        write_seconds=settings.store.max_write_seconds,
        reserve_bytes=settings.store.reserve_bytes,
        audited=is_audited(settings),
    )


def _postgres(url: str, settings: Settings) -> Database | None:
    if not url.startswith("postgresql://"):
        return None
    # Importing the driver takes as long as a small command; who uses another store need not wait.
    adapter = import_module("ecg_service.adapters.postgres")
    limits = adapter.Limits(
        read_connections=settings.postgres.read_connections,
        write_connections=settings.postgres.write_connections,
        waiting_reads=settings.readers.reader_queue,
        connect_seconds=settings.postgres.connect_seconds,
        read_seconds=settings.postgres.max_read_seconds,
        write_seconds=settings.store.max_write_seconds,
        reader_threads=settings.readers.reader_threads,
        audited=is_audited(settings),
    )
    return adapter.PostgresDatabase.from_url(url, SqliteDatabase, limits)


def _memory(url: str, settings: Settings) -> Database | None:
    return MemoryDatabase.from_url(url, audited=is_audited(settings))


STORES: Mapping[str, Callable[[str, Settings], Database | None]] = MappingProxyType(
    {
        "sqlite:///PATH": _sqlite,
        "postgresql://USER@HOST/NAME": _postgres,
        "memory://": _memory,
    }
)
"""Every kind of store, by the form of its URL: each returns the database if the URL is of its kind."""

Cache = Callable[[Store], AbstractAsyncContextManager[Store]]
"""Opens the same store behind a cache."""

URL_FORMS = " or ".join(STORES)
DEFAULTS = Settings()


def configured_database(settings: Settings) -> Database:
    """Return the database that `database_url` names; raises `BadSettings`."""
    try:
        return database_from_url(settings.store.database_url, settings)
    except ValueError as error:
        raise BadSettings(f"{variable('database_url')}: {error}") from error


def database_from_url(url: str, settings: Settings = DEFAULTS) -> Database:
    """Return the database that the URL names; raises `ValueError` for any other URL."""
    for from_url in STORES.values():
        if found := from_url(url, settings):
            return found
    neither = f"is neither {' nor '.join(STORES)}"
    raise ValueError(f"{masked(url)!r} {neither}{advice(url, DATABASES)}")


def persistent_database(settings: Settings) -> Database:
    """Return the configured database; raises `BadSettings` if it ends with its process."""
    database = configured_database(settings)
    if not database.is_persistent:
        msg = f"{variable('database_url')}: {database} cannot be reached from outside"
        raise BadSettings(msg)
    return database


def open_store(
    settings: Settings, shared: SharedDatabase | None = None
) -> AbstractAsyncContextManager[Store]:
    """Migrate and open the configured database, or open one that is shared; behind the cache, if there is one."""
    behind_cache = make_cache(settings)
    if shared is None:
        database = configured_database(settings)
        database.migrate()
        return _opened(database.open(), behind_cache)
    return _opened(shared.open(), behind_cache)


@asynccontextmanager
async def _opened(
    opening: AbstractAsyncContextManager[Store], behind_cache: Cache
) -> AsyncGenerator[Store]:
    async with opening as store, behind_cache(store) as opened:
        yield opened


def make_cache(settings: Settings) -> Cache:
    """Return what puts the configured cache, if there is one, before a store; raises `BadSettings`."""
    cache, readers = settings.cache, settings.readers
    if cache.cache_url is None:
        return nullcontext
    adapter = _cache_adapter()
    limits = adapter.Limits(
        entry_seconds=cache.cache_seconds,
        max_bytes=cache.max_cached_bytes,
        connections=cache.cache_connections,
        call_seconds=cache.cache_call_seconds,
        connect_seconds=cache.cache_connect_seconds,
        retry_seconds=cache.cache_retry_seconds,
        trust_seconds=cache.cache_trust_seconds,
        reader_threads=readers.reader_threads,
        waiting_reads=readers.reader_queue,
    )
    try:
        require_redis_url(cache.cache_url)
    except ValueError as error:
        raise BadSettings(f"{variable('cache_url')}: {error}") from error
    return partial(adapter.CachedStore.open, url=cache.cache_url, limits=limits)


def require_redis_url(url: str) -> None:
    """Raise `ValueError` for a URL that names no Redis."""
    try:
        _cache_adapter().require_url(url)
    except ValueError as error:
        raise ValueError(f"{masked(url)!r} {error}{advice(url, REDIS)}") from error


def _cache_adapter() -> ModuleType:
    """Import the adapter: as with PostgreSQL, who has no cache need not wait for its driver."""
    return import_module("ecg_service.adapters.cache")


RULES: Mapping[str, Callable[[str], object]] = MappingProxyType(
    {"database_url": database_from_url, "cache_url": require_redis_url}
)
"""What is allowed, by the name of the setting; each raises `ValueError`."""


def open_beside(settings: Settings) -> AbstractAsyncContextManager[Store]:
    """Open the configured database, behind the cache if there is one, also beside a running service.

    It is made if there is none; one of an earlier version is left alone, with `SchemaOutdated`.
    """
    database = persistent_database(settings)
    if not database.exists():
        database.migrate()
    return _opened(database.open_beside(), make_cache(settings))


@asynccontextmanager
async def open_users(settings: Settings) -> AsyncGenerator[Users]:
    """Open the users of the configured database, also beside a running service."""
    with closing(Threads("password", size=1, capacity=1)) as threads:
        async with open_beside(settings) as store:
            yield Users(store.users, Argon2Passwords(threads), VerifiedCredentials())
