from pathlib import Path
from typing import Any, cast

import pytest

from ecg_service.adapters.cache import CachedStore
from ecg_service.adapters.cache import Limits as CacheLimits
from ecg_service.adapters.memory import MemoryStore
from ecg_service.adapters.postgres import Limits, PostgresDatabase
from ecg_service.adapters.sqlite import SqliteDatabase
from ecg_service.bootstrap import stores
from ecg_service.bootstrap.stores import database_from_url, open_store, open_users
from ecg_service.settings import (
    BadSettings,
    CacheSettings,
    PostgresSettings,
    ReaderSettings,
    Settings,
    StoreSettings,
)
from tests.processes import imported_with

PATHS = {
    "sqlite:///ecg.db": "ecg.db",
    "sqlite:///data/ecg.db": "data/ecg.db",
    "sqlite:////var/lib/ecg.db": "/var/lib/ecg.db",
    "sqlite:///../ecg.db": "../ecg.db",
    "sqlite:///with%20space.db": "with space.db",
    "sqlite:///a%3Fb.db": "a?b.db",
}


def settings(url: str) -> Settings:
    return Settings(store=StoreSettings(url))


@pytest.mark.parametrize("url", PATHS)
def test_three_slashes_are_relative_and_four_absolute(url: str) -> None:
    database = database_from_url(url)
    assert isinstance(database, SqliteDatabase)
    assert database.path == Path(PATHS[url])


def test_a_store_reads_with_as_many_threads_as_the_settings_say() -> None:
    given = Settings(readers=ReaderSettings(reader_threads=3, reader_queue=5))
    database = database_from_url("sqlite:///ecg.db", given)
    assert isinstance(database, SqliteDatabase)
    assert (database.limits.readers, database.limits.waiting_reads) == (3, 5)


def test_a_store_has_the_limits_of_the_settings() -> None:
    store = StoreSettings("sqlite:///ecg.db", max_write_seconds=2, reserve_bytes=7)
    database = database_from_url(store.database_url, Settings(store=store))
    assert isinstance(database, SqliteDatabase)
    assert (database.limits.write_seconds, database.limits.reserve_bytes) == (2, 7)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ecg.db",
        "sqlite:",
        "sqlite://",
        "sqlite:///",
        "sqlite://ecg.db",
        "sqlite://host/ecg.db",
        "sqlite:ecg.db",
        "sqlite:/var/lib/ecg.db",
        "sqlite:///:memory:",
        "sqlite:///%3Amemory%3A",
        "sqlite:///file:ecg.db",
        "sqlite:///ecg.db?mode=ro",
        "sqlite:///ecg.db#x",
        "memory:///",
        "memory",
        "postgresql://",
        "postgresql://host",
        "postgresql://host/",
        "postgresql://host/ecg#x",
        "postgres://host/ecg",
        "file:///ecg.db",
    ],
)
def test_any_other_url_is_refused_by_its_variable(url: str) -> None:
    with pytest.raises(BadSettings, match=r"^ECG_DATABASE_URL: "):
        open_store(settings(url))


def test_a_postgres_store_has_the_limits_of_the_settings() -> None:
    given = Settings(
        store=StoreSettings(max_write_seconds=2),
        readers=ReaderSettings(reader_threads=3, reader_queue=5),
        postgres=PostgresSettings(6, 7, 8.0, 9.0),
    )
    database = database_from_url("postgresql://ann@host/ecg", given)
    assert isinstance(database, PostgresDatabase)
    assert database.limits == Limits(
        read_connections=6,
        write_connections=7,
        waiting_reads=5,
        connect_seconds=8.0,
        read_seconds=9.0,
        write_seconds=2,
        reader_threads=3,
    )


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ann:secret@host/ecg?sslmode=verify-full",
        "postgresql://ann:secret@host:5432/ecg",
        "postgresql://host/ecg?password=secret",
        "postgresql://ann:a@secret@host/ecg",
    ],
)
def test_no_secret_of_a_url_is_told(url: str) -> None:
    assert "secret" not in str(database_from_url(url))
    for wrong in (url + "#x", url.replace("ql:", ":"), url.replace("/ecg", "")):
        with pytest.raises(BadSettings, match=r"^ECG_DATABASE_URL: ") as refused:
            open_store(settings(wrong))
        assert "secret" not in str(refused.value)


@pytest.mark.parametrize("password", ["a/secret", "a?secret", "a#secret"])
def test_a_password_that_is_not_encoded_is_refused_and_not_told(password: str) -> None:
    with pytest.raises(BadSettings, match="%2F") as refused:
        open_store(settings(f"postgresql://ann:{password}@host/ecg"))
    assert "secret" not in str(refused.value)


def behind(url: str, **changes: Any) -> Settings:
    return Settings(store=StoreSettings("memory://"), cache=CacheSettings(url, **changes))


@pytest.mark.parametrize("scheme", ["redis", "rediss", "unix"])
async def test_a_store_is_behind_the_cache_that_is_configured(scheme: str) -> None:
    async with open_store(behind(f"{scheme}://ann:secret@127.0.0.1:1/0")) as store:
        cache = store.statistics().cache
        assert cache is not None
        assert not cache.is_reachable
        assert await store.users.page(limit=1) == []


def test_a_cache_has_the_limits_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[object] = []

    def note(store: object, **named: object) -> None:
        opened.append(named)

    monkeypatch.setattr(CachedStore, "open", note)
    settings = Settings(
        store=StoreSettings("memory://"),
        readers=ReaderSettings(reader_threads=3, reader_queue=5),
        cache=CacheSettings("redis://host", 1, 2, 4, 6, 7, 8, 9),
    )
    stores.make_cache(settings)(cast("Any", None))
    limits = CacheLimits(
        entry_seconds=1,
        max_bytes=2,
        connections=4,
        call_seconds=6,
        connect_seconds=7,
        retry_seconds=8,
        trust_seconds=9,
        reader_threads=3,
        waiting_reads=5,
    )
    assert opened == [{"url": "redis://host", "limits": limits}]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "redis",
        "http://:secret@host",
        "redis://:secret@host/?what=1",
        "redis://:secret@host:port",
    ],
)
def test_any_other_url_of_a_cache_is_refused_and_no_secret_of_it_told(url: str) -> None:
    with pytest.raises(BadSettings, match=r"^ECG_CACHE_URL: ") as refused:
        open_store(behind(url))
    assert "secret" not in str(refused.value)


def test_who_has_no_cache_does_not_import_its_driver() -> None:
    imported = imported_with("ecg_service.cli", "ecg_service.bootstrap.service")
    assert imported & {"redis", "asyncpg"} == set()


async def test_memory_is_a_store_that_begins_empty() -> None:
    async with open_store(settings("memory://")) as store:
        assert isinstance(store, MemoryStore)
        assert await store.users.page(limit=1) == []


async def test_a_file_is_made_and_migrated(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ecg.db"
    async with open_store(settings(url)) as store:
        assert await store.users.page(limit=1) == []
        await store.ecgs.ping()
    assert (tmp_path / "ecg.db").exists()


async def test_users_can_be_reached_beside_a_running_service(tmp_path: Path) -> None:
    given = settings(f"sqlite:///{tmp_path}/ecg.db")
    async with open_store(given) as store, open_users(given) as users:
        await users.register("ann", "correct horse")
        assert [user.name for user in await store.users.page(limit=9)] == ["ann"]


async def test_users_in_memory_cannot_be_reached_from_beside() -> None:
    with pytest.raises(BadSettings):
        await open_users(settings("memory://")).__aenter__()
