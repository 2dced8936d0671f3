"""Whether the service can store ECGs."""

import asyncio
import math
import time
from typing import Any, Literal

from msgspec import Struct

from ecg_service.actors import ActorPool
from ecg_service.domain.errors import EcgError, Overloaded
from ecg_service.ports.store import Store
from ecg_service.services.in_flight import BodiesInFlight
from ecg_service.services.insights.backlog import Backlog

FRESH_SECONDS = 1.0
WARN_FROM, FAIL_FROM = 0.8, 0.95
"""Shares of what an ECG needs that are taken."""


class _Finding(Struct, frozen=True):
    """How the last write went, and when it ended."""

    at: float
    failure: EcgError | None = None


class Health:
    """Checks what ingest depends on: its pool, the room for bodies, the insights, and the store.

    Everybody may ask, and a probe of the store is a durable write: a commit or a probe of the
    last `fresh` seconds answers all.
    """

    def __init__(
        self,
        pool: ActorPool[Any, Any],
        in_flight: BodiesInFlight,
        backlog: Backlog,
        store: Store,
        *,
        fresh: float = FRESH_SECONDS,
    ) -> None:
        self._pool = pool
        self._in_flight = in_flight
        self._backlog = backlog
        self._store = store
        self._fresh = fresh
        self._probing = asyncio.Lock()
        self._probed = _Finding(-math.inf)

    async def check(self) -> Literal["pass", "warn"]:
        """Check that an ECG could be stored now, or raise the `EcgError` that storing it would.

        The answer is a warning while so much is to be done that some ECGs may be refused.
        """
        load = self._load()
        if not self._pool.running or load >= FAIL_FROM:
            raise Overloaded
        await self._check_store()
        is_late = max(load, self._lateness()) >= WARN_FROM
        return "warn" if is_late or self._lacks_cache() else "pass"

    def _load(self) -> float:
        """Return how much is taken of what all need, and have nothing of when it is taken."""
        pool, room = self._pool.statistics(), self._in_flight.statistics()
        mailbox, bodies = pool.waiting / pool.capacity, room.reserved_bytes / room.max_bytes
        return max(mailbox, bodies, self._backlog.load)

    def _lateness(self) -> float:
        """Return how much is taken of what may wait of one user, who may be the only one.

        It is no reason to fail: as many ECGs as can be stored are, and others are refused early.
        """
        pool = self._pool.statistics()
        return 2 * pool.waiting / pool.most

    def _lacks_cache(self) -> bool:
        """Whether there is a cache that cannot be reached, without which reads take longer."""
        cache = self._store.statistics().cache
        return cache is not None and not cache.is_reachable

    async def _check_store(self) -> None:
        async with self._probing:  # of requests at the same time, one probes
            committed = _Finding(self._store.statistics().last_commit)
            found = max(committed, self._probed, key=lambda finding: finding.at)
            if found.at + self._fresh <= time.monotonic():
                found = self._probed = await self._probe()
        if found.failure is not None:
            raise found.failure.with_traceback(None)  # it is raised again and again

    async def _probe(self) -> _Finding:
        try:
            await self._store.ecgs.ping()
        except EcgError as error:
            return _Finding(time.monotonic(), error)
        return _Finding(time.monotonic())
