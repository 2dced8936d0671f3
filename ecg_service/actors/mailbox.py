"""The messages that wait for an actor."""

import asyncio
import math
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from ecg_service.actors.envelope import Envelope
from ecg_service.actors.errors import MailboxFull, MessageExpired
from ecg_service.actors.fair_queue import FairQueue
from ecg_service.actors.pace import Pace

Message = TypeVar("Message")
Reply = TypeVar("Reply")


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many messages may wait and how long, if the actors take `at_once` at a time.

    A message counts as many times as it weighs.
    """

    capacity: int
    at_once: int
    max_expected_wait: float = math.inf


class Mailbox(Generic[Message, Reply]):
    """Envelopes within bounds; refuses what has waited too long.

    The senders of messages, if `sender_of` tells them, take turns, and none may have more of them
    waiting than stay free for others. `weigh` says for how many a message counts.
    """

    def __init__(
        self,
        bounds: Bounds,
        pace: Pace,
        sender_of: Callable[[Message], Hashable] | None,
        weigh: Callable[[Message], int] | None,
    ) -> None:
        self._bounds = bounds
        self._pace = pace
        self._sender_of = sender_of
        self._weigh = weigh
        self._queue = FairQueue[Envelope[Message, Reply]]()
        self._is_closed = False
        self._changed = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._queue)

    @property
    def most(self) -> float:
        """How many may wait at this pace: those that are taken in time, but at least two batches."""
        bounds, seconds = self._bounds, self._pace.seconds
        in_time = bounds.at_once * bounds.max_expected_wait / seconds if seconds else math.inf
        return min(bounds.capacity, max(in_time, 2 * bounds.at_once))

    def has_room(self, sender: Hashable) -> bool:
        """Whether a message of this sender may wait now."""
        bounds = self._bounds
        return len(self._queue) < min(bounds.at_once, bounds.capacity) or self.room(sender) > 0

    def room(self, sender: Hashable) -> int:
        """Return how many more messages of this sender may wait now, at most those of a batch."""
        waiting, bounds = len(self._queue), self._bounds
        in_next_batch = bounds.at_once - waiting, self._queue.ahead_of(sender) < bounds.at_once
        room = min(bounds.capacity - waiting, max(*in_next_batch, self._share(sender)))
        return max(0, min(room, bounds.at_once))

    def _share(self, sender: Hashable) -> int:
        """Return after how many more the sender has as many waiting as may still come from others."""
        left = self.most - len(self._queue)
        return math.ceil((left - self._queue.of(sender)) / 2 if self._sender_of else left)

    def put(self, envelope: Envelope[Message, Reply]) -> None:
        """Let an envelope wait, or raise `MailboxFull`; there is room for a part of it at least."""
        sender = self._sender_of(envelope.message) if self._sender_of else None
        if not self.has_room(sender):
            raise MailboxFull
        weight = self._weigh(envelope.message) if self._weigh else 1
        self._queue.add(sender, envelope, weight)
        self._changed.set()
        # One timer serves all: those of a sender expire in the order in which they came.
        if self._timer is None and envelope.expires is not None:
            self._expire_at(envelope.expires)

    async def take(self, most: int) -> list[Envelope[Message, Reply]]:
        """Take at most so many, once there is one; none when the mailbox is closed and empty.

        A message that weighs more comes alone.
        """
        while not self._queue and not self._is_closed:
            self._changed.clear()
            await self._changed.wait()
        return self._queue.take(most)

    def close(self) -> None:
        """Let nobody wait for more envelopes."""
        self._is_closed = True
        self._changed.set()

    def take_rest(self) -> list[Envelope[Message, Reply]]:
        """Take all at once, and stop the timer."""
        if self._timer is not None:
            self._timer.cancel()
        return self._queue.take(len(self._queue))

    def _expire_at(self, when: float) -> None:
        self._timer = asyncio.get_running_loop().call_at(when, self._expire)

    def _expire(self) -> None:
        """Refuse what has expired; it stays in the queue, abandoned."""
        self._timer = None
        now = asyncio.get_running_loop().time()
        following = [when for line in self._queue.lines if (when := _expire(line, now)) is not None]
        if following:
            self._expire_at(min(following))


def _expire(line: Iterable[Envelope[Message, Reply]], now: float) -> float | None:
    """Refuse what has expired of a line, and return when the next one does."""
    for envelope in line:
        if envelope.expires is None or envelope.abandoned:
            continue
        if envelope.expires > now:
            return envelope.expires
        envelope.resolve(MessageExpired())
    return None
