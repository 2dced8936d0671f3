"""The request bodies in flight: bounds their bytes, and lets other work wait for their end."""

import asyncio
import time
from collections.abc import Generator
from contextlib import contextmanager

from msgspec import Struct

from ecg_service.domain.errors import Overloaded

POLL = 0.01
"""Seconds between polls in `wait_idle`."""


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
        self._bodies = 0

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

    async def wait_idle(self, *, max_seconds: float) -> None:
        """Return when no body is in flight, at the latest after `max_seconds`."""
        end = time.monotonic() + max_seconds
        # Cheaper than an event for every idle moment.
        while self._bodies and time.monotonic() < end:  # noqa: ASYNC110
            await asyncio.sleep(POLL)
