"""Until when the generation of a store is trusted, by which entries are told from outdated ones."""

import asyncio
import math
import time

from ecg_service.domain.errors import EcgError, OutcomeUnknown
from ecg_service.ports.ecgs import EcgRepository

CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""It goes on while the machine is suspended."""

MARGIN = 1.1
"""How much longer than it is trusted one waits for it to be forgotten: clocks run at their own pace."""


class Trust:
    """The generation of a store, for some time after it was asked for.

    So whoever renews it and waits for that time knows that nobody trusts the one before, whether
    they can be reached or not.
    """

    def __init__(self, ecgs: EcgRepository, seconds: float) -> None:
        self._ecgs = ecgs
        self._seconds = seconds
        self._generation = b""
        self._until = -math.inf
        self._asking = asyncio.Lock()

    async def generation(self) -> bytes | None:
        """Return the generation, or None if the store does not tell it in time."""
        if not self._is_trusted():
            async with self._asking:
                if not self._is_trusted():
                    await self._ask()
        return self._generation if self._is_trusted() else None

    async def renew(self) -> None:
        """Renew it; return when nobody trusts another one any more."""
        try:
            await self._ecgs.renew_generation()
        except EcgError as error:
            raise OutcomeUnknown(
                "what was changed is stored, but a cache that cannot be reached may not know: try again"
            ) from error
        await asyncio.sleep(MARGIN * self._seconds)

    def _is_trusted(self) -> bool:
        return time.clock_gettime(CLOCK) < self._until

    async def _ask(self) -> None:
        asked = time.clock_gettime(CLOCK)
        try:
            self._generation = await self._ecgs.generation()
        except EcgError:
            return  # whoever asks reads the store, and meets the error there
        self._until = asked + self._seconds
