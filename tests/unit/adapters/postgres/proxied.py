"""A store whose connections go through a proxy."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit

from ecg_service.adapters.postgres import Limits, PostgresStore
from tests.proxy import Proxy, proxying


@asynccontextmanager
async def behind_proxy(
    url: str, *, write_seconds: float = 30.0, audited: bool = False
) -> AsyncGenerator[tuple[PostgresStore, Proxy]]:
    """Open the store through a proxy, which can read what it passes on."""
    parts = urlsplit(url)
    async with proxying(parts.hostname or "", parts.port or 5432) as proxy:
        place = f"{parts.username}@127.0.0.1:{proxy.listening}"
        through = urlunsplit(parts._replace(netloc=place, query=f"{parts.query}&sslmode=disable"))
        limits = Limits(write_seconds=write_seconds, audited=audited)
        async with PostgresStore.open(through, limits) as store:
            yield store, proxy
