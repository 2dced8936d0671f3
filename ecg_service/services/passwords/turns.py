"""Turns at slow work: those least suspected go first, and some work only for who is trusted."""

import asyncio
from bisect import insort
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from itertools import count

from ecg_service.domain.errors import Overloaded

Rank = tuple[bool, int]
"""Whether a stranger asks, and how suspect they are; the least goes first."""

TRUSTED: Rank = (False, 0)


class _Waiting:
    __slots__ = ("future", "place")

    def __init__(self, place: tuple[Rank, int]) -> None:
        self.place = place
        self.future = asyncio.get_running_loop().create_future()


class Turns:
    """`size` turns at once, of which strangers have all but one; `capacity` more may wait.

    When they are full, the one who is suspected most is refused. With one turn, strangers have it
    while nobody else waits.
    """

    def __init__(self, *, size: int, capacity: int) -> None:
        self._size = size
        self._capacity = capacity
        self._waiting: list[_Waiting] = []
        self._order = count()
        self._taken = self._taken_by_strangers = 0

    @property
    def busy(self) -> int:
        """How many have a turn."""
        return self._taken

    @property
    def waiting(self) -> int:
        """How many wait for one."""
        return len(self._waiting)

    def refuses(self, rank: Rank) -> bool:
        """Whether so many wait who are no more suspect that this one would be refused."""
        return self.waiting >= self._capacity > 0 and self._waiting[-1].place[0] <= rank

    @asynccontextmanager
    async def taken(self, rank: Rank = TRUSTED) -> AsyncGenerator[None]:
        """Wait for a turn and take it in the block, or raise `Overloaded`."""
        is_stranger, _ = rank
        await self._wait(_Waiting((rank, next(self._order))))
        try:
            yield
        finally:
            self._count(-1, is_stranger=is_stranger)
            self._go_on()

    async def _wait(self, one: _Waiting) -> None:
        insort(self._waiting, one, key=lambda waiting: waiting.place)
        self._go_on()
        if len(self._waiting) > self._capacity:
            self._refuse(self._waiting.pop())
        try:
            await one.future
        except asyncio.CancelledError:
            self._give_up(one)
            raise
        finally:
            del one  # or a refusal would be in a cycle of its future and this frame

    def _give_up(self, one: _Waiting) -> None:
        if one in self._waiting:
            self._waiting.remove(one)
        elif not one.future.cancelled():  # it was given the turn at the same time
            self._count(-1, is_stranger=one.place[0][0])
            self._go_on()

    def _go_on(self) -> None:
        """Give turns to those who wait, as far as there are any."""
        while self._waiting and self._has_turn(self._waiting[0]):
            one = self._waiting.pop(0)
            if not one.future.cancelled():  # it will notice
                self._count(1, is_stranger=one.place[0][0])
                one.future.set_result(None)

    @staticmethod
    def _refuse(one: _Waiting) -> None:
        if not one.future.cancelled():
            one.future.set_exception(Overloaded())

    def _has_turn(self, one: _Waiting) -> bool:
        is_stranger = one.place[0][0]
        of_strangers = max(1, self._size - 1)
        return self._taken < self._size and (
            not is_stranger or self._taken_by_strangers < of_strangers
        )

    def _count(self, change: int, *, is_stranger: bool) -> None:
        self._taken += change
        self._taken_by_strangers += change * is_stranger
