"""Deletes ECGs when their time is over, whole users, and what deletions leave behind."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from ecg_service.domain.errors import DamagedUser
from ecg_service.domain.ids import LAST, least_id
from ecg_service.domain.ids import NANOSECONDS as PER_MILLISECOND
from ecg_service.ports.ecgs import EcgRepository
from ecg_service.ports.store import Store
from ecg_service.services.periodic import repeat

STEP = 64
"""ECGs that are deleted in one transaction."""
KEYS = 500
"""Idempotency keys that are forgotten in one."""


@dataclass(frozen=True, slots=True)
class Retention:
    """Deletes ECGs that were received more than `lifetime` seconds of the wall clock ago."""

    ecgs: EcgRepository
    lifetime: float
    interval: float
    clock: Callable[[], int] = time.time_ns

    async def run_forever(self) -> None:
        """Sweep every `interval` seconds, a bounded step at a time."""
        await repeat("the deletion of old ECGs", self.sweep, every=self.interval)

    async def sweep(self) -> None:
        """Delete all that are old."""
        oldest = least_id(self.clock() - int(self.lifetime * 1000) * PER_MILLISECOND)
        async for _ in _deletions(self.ecgs, before=oldest):
            pass


async def scrub_forever(ecgs: EcgRepository, *, every: float) -> None:
    """Overwrite what deletions have left behind, every so many seconds."""
    await repeat("overwriting what was deleted", ecgs.scrub, every=every)


async def erase(store: Store, name: str) -> AsyncGenerator[int]:
    """Delete a user with all that is theirs; yield how many ECGs after each step.

    Nothing of theirs is stored from the first step on. Who is cut short begins again. Raises
    `UserNotFound`, `LastAdmin`, or `UserInUse` if somebody enables them meanwhile.
    """
    with suppress(DamagedUser):  # such a one signs in no more
        await store.users.update(name, disabled=True)
    async for count in _deletions(store.ecgs, before=LAST, owner=name):
        yield count
    while await store.ecgs.forget_keys(LAST, owner=name, limit=KEYS) == KEYS:
        pass
    await store.users.remove(name)
    await store.ecgs.scrub()


async def _deletions(
    ecgs: EcgRepository, *, before: UUID, owner: str | None = None
) -> AsyncGenerator[int]:
    """Delete ECGs with lesser ids, of one owner or of all, and yield how many after each step.

    Between two steps others write for as long as one took.
    """
    while found := await ecgs.find(before=before, owner=owner, limit=STEP):
        began = time.monotonic()
        await ecgs.delete_many(found)
        yield len(found)
        await asyncio.sleep(time.monotonic() - began)
