"""Forgets idempotency keys when their time is over."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from ecg_service.domain.ids import NANOSECONDS as PER_MILLISECOND
from ecg_service.domain.ids import least_id
from ecg_service.ports.ecgs import EcgRepository
from ecg_service.services.periodic import repeat

STEP = 500
"""Keys forgotten in one transaction, which takes a writer a few milliseconds."""
PAUSE = 0.05
"""Seconds between two steps, for ECGs to be stored."""


@dataclass(frozen=True, slots=True)
class KeySweeper:
    """Forgets keys that are older than `lifetime`, in seconds of the wall clock."""

    ecgs: EcgRepository
    lifetime: float
    interval: float
    clock: Callable[[], int] = time.time_ns

    async def run_forever(self) -> None:
        """Sweep every `interval` seconds, a bounded step at a time."""
        await repeat("a sweep of idempotency keys", self.sweep, every=self.interval)

    async def sweep(self) -> None:
        """Forget all that are old."""
        oldest = least_id(self.clock() - int(self.lifetime * 1000) * PER_MILLISECOND)
        while await self.ecgs.forget_keys(oldest, limit=STEP) == STEP:  # noqa: ASYNC110 - no poll
            await asyncio.sleep(PAUSE)
