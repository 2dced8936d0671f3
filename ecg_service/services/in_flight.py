"""The request bodies in flight: bounds their memory, and lets other work give way to them."""

import asyncio
import time
from collections.abc import Generator
from contextlib import contextmanager

from msgspec import Struct

from ecg_service.domain.errors import Overloaded

MEMORY_PER_BYTE = 4
"""Bytes of memory for each byte of a body, from its first piece to the answer.

Measured as the growth of VmHWM: 2.6 to 3.5 for twelve bodies of 8.7 to 10 MB at once, whether digits,
full int32, white space or keys; the samples, the blob and the check of keys are largest.
"""
LULL = 0.02
"""Seconds without work on a body that are a lull: batches under load follow each other sooner."""
POLL = 0.01
"""Seconds between polls in `wait_for_lull`."""


class InFlightStatistics(Struct, frozen=True):
    """How many bodies are in flight, how many bytes of memory they reserve, and how many they may."""

    bodies: int
    reserved_bytes: int
    max_bytes: int


class BodiesInFlight:
    """Bodies from before they are received until they are answered, bounded in bytes of memory.

    Nobody gets another body in flight who would then hold more than stays free for all others: one
    user holds at most half of the room. A body cannot be sent back, so this holds also for one
    who is alone.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._free = max_bytes
        self._held: dict[str, int] = {}
        self._bodies = self._complete = 0
        self._last_work = -LULL

    def statistics(self) -> InFlightStatistics:
        """Return what is in flight."""
        reserved = self._max_bytes - self._free
        return InFlightStatistics(self._bodies, reserved, self._max_bytes)

    @contextmanager
    def admit(self, owner: str, size: int) -> Generator[None]:
        """Reserve the memory of the owner's body of `size` bytes for the duration of the block.

        Raises `Overloaded` if there is no room: before the body is read, so that it costs little.
        """
        memory = size * MEMORY_PER_BYTE
        held = self._held.get(owner, 0)
        left = self._free - memory
        if left < 0 or (held and held + memory > left):
            raise Overloaded
        self._take(owner, memory)
        self._bodies += 1
        try:
            yield
        finally:
            self._take(owner, -memory)
            self._bodies -= 1

    def _take(self, owner: str, memory: int) -> None:
        self._free -= memory
        self._held[owner] = self._held.get(owner, 0) + memory
        if not self._held[owner]:
            del self._held[owner]

    @contextmanager
    def work(self) -> Generator[None]:
        """Mark the block as work on a complete body."""
        self._complete += 1
        try:
            yield
        finally:
            self._complete -= 1
            self._last_work = time.monotonic()

    async def wait_for_lull(self, *, max_seconds: float) -> None:
        """Return when no complete body was worked on for a while, at the latest after `max_seconds`.

        A body that is still on its way in may be idle for long, so it does not count.
        """
        end = time.monotonic() + max_seconds
        # Cheaper than an event for every idle moment.
        while not self._is_lull() and time.monotonic() < end:  # noqa: ASYNC110
            await asyncio.sleep(POLL)

    def _is_lull(self) -> bool:
        return not self._complete and time.monotonic() - self._last_work >= LULL
