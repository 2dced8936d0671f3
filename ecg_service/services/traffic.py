"""What is on its way in, and whether work that can wait had better wait."""

import asyncio
import time
from collections.abc import Generator
from contextlib import contextmanager

from msgspec import Struct

from ecg_service.domain.errors import Overloaded

POLL = 0.01
"""Seconds between two looks for a lull."""


class TrafficStatistics(Struct, frozen=True):
    """How many bodies are on their way in, how many bytes they hold, and how many they may."""

    bodies: int
    held_bytes: int
    max_bytes: int


class Traffic:
    """The bodies being received, read and stored, bounded in bytes."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._free = max_bytes
        self._bodies = 0

    def statistics(self) -> TrafficStatistics:
        """Return what is on its way in."""
        held = self._max_bytes - self._free
        return TrafficStatistics(self._bodies, held, self._max_bytes)

    @contextmanager
    def admit(self, size: int) -> Generator[None]:
        """Hold room for a body of `size` bytes, from before it is read until it is answered.

        Raises `Overloaded` when there is no room, so that a refusal costs next to nothing.
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

    async def lull(self, *, within: float) -> None:
        """Return when nothing is on its way in, at the latest after `within` seconds."""
        end = time.monotonic() + within
        while self._bodies and time.monotonic() < end:  # noqa: ASYNC110 - lulls are too many to announce
            await asyncio.sleep(POLL)
