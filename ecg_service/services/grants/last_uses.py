"""Notes when API keys were used last, apart from the requests that use them."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from ecg_service.domain.errors import EcgError
from ecg_service.domain.grants import Grant
from ecg_service.ports.grants import GrantRepository
from ecg_service.services.periodic import repeat

STEP = 200
"""Keys whose use is stored in one transaction, which takes a writer a few milliseconds."""


class LastUses:
    """Stores them every so many seconds, so a key that is in use is written no more often.

    At most `capacity` keys are remembered until then; the uses of others are not noted.
    """

    def __init__(self, grants: GrantRepository, *, every: float, capacity: int) -> None:
        self._grants = grants
        self._every = every
        self._capacity = capacity
        self._used: dict[UUID, datetime] = {}

    def note(self, grant: Grant, now: datetime) -> None:
        """Remember that the key is used, unless it is known to have been, a short while ago."""
        known = grant.last_used
        if known is not None and now - known < timedelta(seconds=self._every):
            return
        if grant.id in self._used or len(self._used) < self._capacity:
            self._used[grant.id] = now

    @asynccontextmanager
    async def kept(self) -> AsyncGenerator[None]:
        """Store them while the block runs, and what is left at its end."""
        storing = asyncio.create_task(repeat("noting uses", self.store, every=self._every))
        try:
            yield
        finally:
            storing.cancel()
            await asyncio.wait([storing])
            with suppress(EcgError):
                await self.store()

    async def store(self) -> None:
        """Store what was noted; what cannot be stored is noted again at the next use."""
        noted, self._used = iter(self._used.items()), {}
        while step := dict(islice(noted, STEP)):
            await self._grants.touch(step)
