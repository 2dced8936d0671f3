"""The time by which a write is answered, whatever holds it up."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from ecg_service.adapters.outcomes import GaveWay
from ecg_service.domain.errors import OutcomeUnknown

RESERVE = 0.1
"""The share of the time for a write that is left for the commit."""


class TooLate(GaveWay):
    """The write had no turn in its time."""

    def __init__(self) -> None:
        super().__init__("the lock of the database, or the writes before, took too long")


class Deadline:
    """A write is answered `until` this time; it begins some time before, or not at all.

    Times are those of `time.monotonic`.
    """

    def __init__(self, until: float, reserve: float) -> None:
        self._until = until
        self._latest = until - reserve
        self._begun = False

    def left(self) -> float:
        """Return how long the write may wait for locks; raises `TooLate`."""
        left = self._latest - time.monotonic()
        if left <= 0:
            raise TooLate
        return left

    def begin(self) -> None:
        """Mark the write as begun, or raise `TooLate`.

        What has begun may begin again: its commit has failed, and is tried once more.
        """
        again, self._begun = self._begun, True
        # After the mark: what is not marked when the time is over can no longer begin.
        if not again:
            self.left()

    @asynccontextmanager
    async def kept(self) -> AsyncGenerator[None]:
        """End the block in time.

        Raises `TooLate` if nothing was written, and `OutcomeUnknown` if the write has
        begun: its commit hangs.
        """
        try:
            async with asyncio.timeout(max(0, self._until - time.monotonic())):
                yield
        except TimeoutError as error:
            if self._begun:
                raise OutcomeUnknown("the database takes too long to commit") from error
            raise TooLate from error
