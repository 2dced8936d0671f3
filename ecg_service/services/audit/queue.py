"""What is noted apart from the writes of a store: reads, denials and who signs in."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress

from msgspec import Struct

from ecg_service.domain.audit.events import Event
from ecg_service.domain.errors import EcgError, Overloaded
from ecg_service.domain.principal import Origin
from ecg_service.ports.audit import AuditRepository
from ecg_service.services.periodic import repeat

STEP = 5_000
"""Rows in one transaction."""
ADDRESSES = 100
"""Of how many addresses the denials of a while are counted apart."""


class AuditLimits(Struct, frozen=True):
    """How many events may wait, and for how many seconds; over how many equal denials are counted.

    A user who has not come from an address for `signed_in_seconds` signs in there again, of at most
    `signed_in` who are remembered.
    """

    capacity: int
    delay: float
    counted_seconds: float = 60.0
    signed_in_seconds: float = 300.0
    signed_in: int = 10_000


class AuditQueue:
    """Takes events without a wait, and appends them to the store soon after.

    A crash loses what waits. While the store cannot be written, it is kept, and `admit` refuses.
    """

    def __init__(
        self,
        repository: AuditRepository,
        limits: AuditLimits,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._repository = repository
        self._limits = limits
        self._clock = clock
        self._waiting: list[Event | Callable[[], Event]] = []
        self._denied: dict[tuple[str, str, str], int] = {}
        self._seen: OrderedDict[tuple[str, str, str], float] = OrderedDict()
        self._awake = asyncio.Event()
        self._storing: asyncio.Task[None] | None = None
        self._stored = 0

    def admit(self) -> None:
        """Raise `Overloaded` if so much waits that what comes next might not be noted."""
        if len(self._waiting) >= self._limits.capacity:
            raise Overloaded

    def note(self, event: Event | Callable[[], Event]) -> None:
        """Queue an event of a request that was admitted, or what makes it when it is stored: no request waits for that."""
        if not self._waiting:
            self._awake.set()
        self._waiting.append(event)

    def deny(self, action: str, outcome: str, address: str) -> None:
        """Count a denial of somebody who has not signed in."""
        key = action, outcome, address
        if key not in self._denied and len(self._denied) >= ADDRESSES:
            key = action, outcome, ""
        self._denied[key] = self._denied.get(key, 0) + 1

    def is_new(self, name: str, issuer: str, address: str) -> bool:
        """Whether a user signs in, rather than came from this address a while ago."""
        key, now = (name, issuer, address), self._clock()
        seen = self._seen.get(key)
        if seen is not None and now - seen < self._limits.signed_in_seconds:
            return False
        self._seen[key] = now
        self._seen.move_to_end(key)
        if len(self._seen) > self._limits.signed_in:
            self._seen.popitem(last=False)
        return True

    @asynccontextmanager
    async def kept(self) -> AsyncGenerator[None]:
        """Append what is noted while the block runs, and what is left at its end."""
        tasks = [
            asyncio.create_task(repeat("the audit trail", self._store_soon, every=0)),
            asyncio.create_task(
                repeat("counting denials", self._count, every=self._limits.counted_seconds)
            ),
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            with suppress(EcgError):
                await self._count()
                await self.store()

    async def store(self) -> None:
        """Append what waits now; what cannot be appended waits on."""
        end = self._stored + len(self._waiting)  # under load there is always more
        while self._stored < end:
            if self._storing is None or self._storing.done():
                self._storing = asyncio.create_task(self._store_some())
            await asyncio.shield(self._storing)  # who is cancelled must not store anything twice

    async def _store_some(self) -> None:
        step = self._waiting[:STEP]
        await self._repository.append([one if isinstance(one, Event) else one() for one in step])
        del self._waiting[: len(step)]
        self._stored += len(step)

    async def _store_soon(self) -> float | None:
        await self._awake.wait()
        await asyncio.sleep(self._limits.delay)
        self._awake.clear()
        try:
            await self.store()
        finally:
            if self._waiting:  # noted meanwhile, or the store failed
                self._awake.set()
        return None

    async def _count(self) -> None:
        denied, self._denied = self._denied, {}
        for (action, outcome, address), count in denied.items():
            self.note(Event(action, "", outcome, origin=Origin(address=address), count=count))
