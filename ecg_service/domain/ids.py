"""Ids of ECGs: UUIDv7 (RFC 9562) in the order in which they were made."""

import os
import time
from collections.abc import Callable
from struct import Struct
from threading import Lock
from uuid import UUID

import msgspec

TICKS_PER_MILLISECOND = 1 << 12
"""A UUIDv7 begins with 48 bits of milliseconds since 1970 and, here, 12 bits of their fraction."""

NANOSECONDS = 1_000_000
"""In a millisecond."""

VERSION, VARIANT, RANDOM_BITS = 7, 2, 62
TIME_SHIFT = 80
"""The bits behind the milliseconds."""

_WORD_BITS, _WORDS = 64, Struct("64Q")


class MonotonicIds:
    """Makes ids, each greater than the one before, also when the clock is put back.

    Then, and before 1970, they count on from the last one.
    """

    def __init__(self, clock: Callable[[], int] = time.time_ns) -> None:
        self._clock = clock
        self._ticks = 0
        self._random: list[int] = []
        self._lock = Lock()  # long recordings are read in a thread of their own
        # A child must not make the ids of its parent.
        os.register_at_fork(after_in_child=self._random.clear)

    def next(self) -> UUID:
        """Return a new id."""
        with self._lock:
            return self._next()

    def _next(self) -> UUID:
        now = self._clock() * TICKS_PER_MILLISECOND // NANOSECONDS
        self._ticks = ticks = max(now, self._ticks + 1)
        milliseconds, fraction = divmod(ticks, TICKS_PER_MILLISECOND)
        head = milliseconds << 16 | VERSION << 12 | fraction
        return UUID(int=(head << 2 | VARIANT) << RANDOM_BITS | self._chance())

    def _chance(self) -> int:
        """Return random bits, of which the kernel is asked for some hundred bytes at a time."""
        if not self._random:
            self._random += _WORDS.unpack(os.urandom(_WORDS.size))
        return self._random.pop() >> (_WORD_BITS - RANDOM_BITS)


LAST = UUID(int=2**128 - 1)
"""Greater than any id that is made."""


def id_of(raw: bytes) -> UUID:
    """Return the id that has these 16 bytes."""
    return msgspec.convert(raw, UUID)  # in a quarter of the time of `UUID(bytes=raw)`


def time_of(made: UUID) -> float:
    """Return when an id was made, in seconds since 1970, to the millisecond."""
    return (made.int >> 80) / 1000


def least_id(nanoseconds: int) -> UUID:
    """Return the least id of a moment, to the millisecond: all that were made earlier are less."""
    return UUID(int=max(0, nanoseconds) // NANOSECONDS << TIME_SHIFT)


next_id = MonotonicIds().next
"""Makes the ids of this process."""
