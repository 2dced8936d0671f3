"""A store behind a cache."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from typing import Self

from msgspec.structs import replace

from ecg_service.actors import Threads
from ecg_service.adapters.cache.cache import Cache
from ecg_service.adapters.cache.ecgs import CachedEcgs
from ecg_service.adapters.cache.insights import CachedInsights
from ecg_service.adapters.cache.limits import Limits
from ecg_service.adapters.cache.trust import Trust
from ecg_service.adapters.redis.connection import make_session
from ecg_service.adapters.redis.server import Server
from ecg_service.ports.audit import AuditRepository
from ecg_service.ports.grants import GrantRepository
from ecg_service.ports.identities import IdentityRepository
from ecg_service.ports.store import Store, StoreStatistics
from ecg_service.ports.users import UserRepository

DEFAULTS = Limits()
TOLD = {"purpose": "the cache", "without": "ECGs are read from the store"}


@dataclass(frozen=True, slots=True)
class CachedStore:
    """The repositories of another store, whose ECGs are read from the cache."""

    store: Store
    cache: Cache
    ecgs: CachedEcgs
    insights: CachedInsights

    @property
    def users(self) -> UserRepository:
        return self.store.users

    @property
    def identities(self) -> IdentityRepository:
        return self.store.identities

    @property
    def grants(self) -> GrantRepository:
        return self.store.grants

    @property
    def audit(self) -> AuditRepository:
        return self.store.audit

    def statistics(self) -> StoreStatistics:
        """Return those of the store, with those of the cache."""
        return replace(self.store.statistics(), cache=self.cache.statistics())

    @classmethod
    @asynccontextmanager
    async def open(cls, store: Store, url: str, limits: Limits = DEFAULTS) -> AsyncGenerator[Self]:
        """Put the Redis that the URL names before an open store until the block ends."""
        reading = Threads("cache-read", size=limits.reader_threads, capacity=limits.waiting_reads)
        async with Server.opened(url, limits, **TOLD) as server:
            trust = Trust(store.ecgs, limits.trust_seconds)
            cache = Cache(server, trust, limits)
            with closing(reading):
                yield cls(
                    store,
                    cache,
                    CachedEcgs(store.ecgs, cache, reading, limits.max_bytes),
                    CachedInsights(store.insights, trust),
                )


def require_url(url: str) -> None:
    """Raise `ValueError` for a URL that names no Redis."""
    make_session(url)
