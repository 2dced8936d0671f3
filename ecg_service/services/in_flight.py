"""The request bodies in flight: bounds their memory, and lets other work give way to them."""

import asyncio
import time
from typing import Self

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

    `work` marks a block as work on a complete body: `with in_flight.work:`.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._free = max_bytes
        self._held: dict[str, int] = {}
        self._bodies = 0
        self.work = Work()

    def statistics(self) -> InFlightStatistics:
        """Return what is in flight."""
        reserved = self._max_bytes - self._free
        return InFlightStatistics(self._bodies, reserved, self._max_bytes)

    def admit(self, owner: str, size: int, *, weight: int = 1) -> "Room":
        """Return the room for the owner's body of `size` bytes, to be held in a `with` block.

        A byte of it takes `weight` times as much memory as one of JSON. Raises `Overloaded` if
        there is none: before the body is read, so that it costs little.
        """
        per_byte = weight * MEMORY_PER_BYTE
        self.require(owner, size * per_byte)
        return Room(self, owner, size, per_byte)

    def require(self, owner: str, memory: int, *, has: int = 0) -> None:
        """Raise `Overloaded` if a body of the owner, which `has` some already, may not take this."""
        others = self._held.get(owner, 0) - has
        left = self._free + has - memory
        if left < 0 or (others and others + memory > left):
            raise Overloaded

    def take(self, owner: str, memory: int, *, bodies: int) -> None:
        """Take room for so many more bodies of the owner; negative numbers give it back."""
        self._bodies += bodies
        self._free -= memory
        if held := self._held.pop(owner, 0) + memory:
            self._held[owner] = held

    async def wait_for_lull(self, *, max_seconds: float) -> None:
        """Return when no complete body was worked on for a while, at the latest after `max_seconds`.

        A body that is still on its way in may be idle for long, so it does not count.
        """
        end = time.monotonic() + max_seconds
        # Cheaper than an event for every idle moment.
        while not self.work.is_lull and time.monotonic() < end:  # noqa: ASYNC110
            await asyncio.sleep(POLL)


# Classes, since a context manager made of a generator takes three times as long.


class Room:
    """Room for one body during a block."""

    __slots__ = ("_in_flight", "_memory", "_owner", "_per_byte")

    def __init__(self, in_flight: BodiesInFlight, owner: str, size: int, per_byte: int) -> None:
        self._in_flight, self._owner = in_flight, owner
        self._per_byte, self._memory = per_byte, size * per_byte

    def take(self) -> Self:
        """Take the room, for longer than a block."""
        self._in_flight.take(self._owner, self._memory, bodies=1)
        return self

    def give_back(self, *_: object) -> None:
        """Give the room back."""
        self._in_flight.take(self._owner, -self._memory, bodies=-1)

    __enter__ = take
    __exit__ = give_back

    def hold(self, size: int) -> None:
        """Make the room large enough for `size` bytes, or raise `Overloaded`."""
        memory = size * self._per_byte
        if memory > self._memory:
            self._in_flight.require(self._owner, memory, has=self._memory)
            self._in_flight.take(self._owner, memory - self._memory, bodies=0)
            self._memory = memory


class Work:
    """Blocks of work on complete bodies, and the lulls between them."""

    def __init__(self) -> None:
        self._running = 0
        self._ended = -LULL

    def begin(self) -> None:
        """Begin work, for longer than a block."""
        self._running += 1

    def end(self, *_: object) -> None:
        """End it."""
        self._running -= 1
        self._ended = time.monotonic()

    __enter__ = begin
    __exit__ = end

    @property
    def is_lull(self) -> bool:
        return not self._running and time.monotonic() - self._ended >= LULL
