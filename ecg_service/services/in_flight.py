"""The request bodies in flight: bounds their bytes, and lets other work give way to them."""

import asyncio
import time
from collections.abc import Generator
from contextlib import contextmanager

from msgspec import Struct

from ecg_service.domain.errors import Overloaded

LULL = 0.02
"""Seconds without work on a body that are a lull: batches under load follow each other sooner."""
POLL = 0.01
"""Seconds between polls in `wait_for_lull`."""


class InFlightStatistics(Struct, frozen=True):
    """How many bodies are in flight, how many bytes they reserve, and how many they may."""

    bodies: int
    reserved_bytes: int
    max_bytes: int


class BodiesInFlight:
    """Bodies from before they are received until they are answered, bounded in bytes."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._free = max_bytes
        self._bodies = self._complete = 0
        self._last_work = -LULL

    def statistics(self) -> InFlightStatistics:
        """Return what is in flight."""
        reserved = self._max_bytes - self._free
        return InFlightStatistics(self._bodies, reserved, self._max_bytes)

    @contextmanager
    def admit(self, size: int) -> Generator[None]:
        """Reserve `size` bytes for the duration of the block.

        Raises `Overloaded` if fewer are free: before the body is read, so that it costs little.
        """
        if size > self._free:
            raise Overloaded
        self._free -= size
        self._bodies += 1
        try:
            yield
        finally:
            self._free += size
            self._bodies -= 1

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
