"""Whether the service can store ECGs, and which of its parts say so."""

import asyncio
import math
import time
from collections.abc import Callable, Iterator
from typing import Any, Literal

from msgspec import Struct

from ecg_service.actors import ActorPool
from ecg_service.domain.errors import EcgError, StorageUnavailable
from ecg_service.ports.insights import InsightQueue
from ecg_service.ports.store import Store
from ecg_service.ports.token_keys import TokenKeys
from ecg_service.services.in_flight import BodiesInFlight
from ecg_service.services.insights.backlog import Backlog
from ecg_service.services.quotas import Quotas

FRESH_SECONDS = 1.0
TOLD_SECONDS = 60.0
"""How long a write that failed is told of, though others have succeeded since."""
WARN_FROM, FAIL_FROM = 0.8, 0.95
"""Shares of what an ECG needs that are taken."""

Status = Literal["pass", "warn", "fail"]
_WORST: tuple[Status, ...] = ("fail", "warn", "pass")


class Check(Struct, frozen=True):
    """What one look at a part of the service found; the name is its component and measurement."""

    name: str
    status: Status
    observed: float | bool | None
    unit: str = ""
    output: str = ""


class Report(Struct, frozen=True):
    """All checks; the worst of them is that of the service."""

    checks: tuple[Check, ...]

    @property
    def status(self) -> Status:
        """Whether an ECG could be stored now; "warn" while so much is to be done that some may be refused."""
        return _worst(self.checks)


def _worst(checks: tuple[Check, ...]) -> Status:
    found = {check.status for check in checks}
    return next(status for status in _WORST if status in found)


class _Finding(Struct, frozen=True):
    """How the last write went, and when it ended."""

    at: float
    failure: str = ""


class Health:
    """Checks what ingest depends on: its pool, the room for bodies, the insights, and the store.

    Everybody may ask, and a probe of the store is a durable write: ECGs stored, a write that failed
    or a probe of the last `fresh` seconds answers all. Other writes prove nothing: a session or a
    row of the audit trail still fits on a disk that has no room for an ECG.
    """

    is_draining: Callable[[], bool] = staticmethod(lambda: False)
    """Whether the service is about to stop, and load balancers are to send nothing more."""

    def __init__(
        self,
        pool: ActorPool[Any, Any],
        in_flight: BodiesInFlight,
        backlog: Backlog,
        store: Store,
        queue: InsightQueue | None = None,
        *,
        keys: TokenKeys | None = None,
        quotas: Quotas | None = None,
        fresh: float = FRESH_SECONDS,
    ) -> None:
        self._pool = pool
        self._in_flight = in_flight
        self._backlog = backlog
        self._store = store
        self._queue = queue
        self._keys = keys
        self._quotas = quotas
        self._fresh = fresh
        self._probing = asyncio.Lock()
        self._probed = _Finding(-math.inf)

    async def look(self) -> Report:
        """Check whether an ECG could be stored now; the store is not probed if something else says no."""
        found = (*self._parts(), *self._peers(), *await self._tokens())
        probes = _worst(found) != "fail"
        return Report((*found, await self._write(probes=probes), self._failed_write()))

    def _parts(self) -> Iterator[Check]:
        """Look at what all need, and have nothing of when it is taken."""
        pool, room = self._pool.statistics(), self._in_flight.statistics()
        yield _must_not("service:draining", self.is_draining(), "The service is about to stop.")
        yield _must_not("ingest:stopped", not pool.running, "No ECG is taken in any more.")
        yield _share("ingest:mailbox", pool.waiting / pool.capacity)
        yield _share("ingest:bodies", room.reserved_bytes / room.max_bytes)
        yield _share("insights:backlog", self._backlog.load)
        # What may wait of one user, who may be the only one. It is no reason to fail: as many ECGs as
        # can be stored are, and others are refused early.
        yield _share("ingest:one-user", 2 * pool.waiting / pool.most, fail_from=math.inf)

    def _peers(self) -> Iterator[Check]:
        """Look at the servers without which the service takes ECGs in, but does less or takes longer."""
        cache = self._store.statistics().cache
        if cache is not None:
            yield _may_lack("cache:reachable", cache.is_reachable, "Reads go to the store.")
        broker = self._queue.statistics().reaches_broker if self._queue else None
        if broker is not None:
            yield _may_lack("broker:reachable", broker, "Insights wait.")
        counts = self._quotas.is_reachable if self._quotas else None
        if counts is not None:
            yield _may_lack("quotas:reachable", counts, "Each process grants its own part.")

    async def _tokens(self) -> tuple[Check, ...]:
        """Look at the keys that sign access tokens, without which nobody signs in by one."""
        if self._keys is None:
            return ()
        try:
            await self._keys.check()
        except StorageUnavailable as error:
            return (Check("tokens:keys", "fail", observed=False, output=str(error)),)
        return (Check("tokens:keys", "pass", observed=True),)

    async def _write(self, *, probes: bool) -> Check:
        """Look at the latest write that tells, or write; `probes` if a new write is of interest."""
        async with self._probing:  # of requests at the same time, one probes
            found = max((*self._writes(), self._probed), key=lambda finding: finding.at)
            if probes and found.at + self._fresh <= time.monotonic():
                found = self._probed = await self._probe()
        age = time.monotonic() - found.at
        if age == math.inf:
            return Check("store:write", "pass", None, output="Not looked at.")
        status: Status = "fail" if found.failure else "pass"
        return Check("store:write", status, age, "s since the last", found.failure)

    def _writes(self) -> Iterator[_Finding]:
        """Yield when the store last added ECGs, and the last write that it failed."""
        store = self._store.statistics()
        yield _Finding(store.last_added)
        if failed := store.last_failure:
            yield _Finding(failed.at, failed.reason)

    def _failed_write(self) -> Check:
        """Look at the last write that failed: others succeed, but of some kinds perhaps none does."""
        failed = self._store.statistics().last_failure
        if failed is None:
            return Check("store:failed-write", "pass", None)
        age = time.monotonic() - failed.at
        status: Status = "warn" if age < TOLD_SECONDS else "pass"
        return Check("store:failed-write", status, age, "s since the last", failed.reason)

    async def _probe(self) -> _Finding:
        try:
            await self._store.ecgs.ping()
        except EcgError as error:
            return _Finding(time.monotonic(), f"{type(error).__name__}: {error}")
        return _Finding(time.monotonic())


def _must_not(name: str, observed: bool, output: str) -> Check:  # noqa: FBT001
    return Check(name, "fail", observed, "", output) if observed else Check(name, "pass", observed)


def _may_lack(name: str, observed: bool, output: str) -> Check:  # noqa: FBT001
    return Check(name, "pass", observed) if observed else Check(name, "warn", observed, "", output)


def _share(name: str, observed: float, *, fail_from: float = FAIL_FROM) -> Check:
    status: Status = (
        "fail" if observed >= fail_from else "warn" if observed >= WARN_FROM else "pass"
    )
    return Check(name, status, 100 * observed, "%")
