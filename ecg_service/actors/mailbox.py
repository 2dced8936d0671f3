"""The messages that wait for an actor."""

import asyncio
from collections import deque
from typing import Generic, TypeVar

from ecg_service.actors.envelope import Envelope
from ecg_service.actors.errors import MessageExpired

Message = TypeVar("Message")
Reply = TypeVar("Reply")


class Mailbox(asyncio.Queue[Envelope[Message, Reply] | None], Generic[Message, Reply]):
    """A queue that refuses what has waited too long.

    One timer serves all messages, for they expire in the order in which they came.
    """

    def __init__(self) -> None:
        super().__init__()
        self._timer: asyncio.TimerHandle | None = None

    def _init(self, maxsize: int) -> None:
        del maxsize
        self._queue: deque[Envelope[Message, Reply] | None] = deque()

    def put_nowait(self, item: Envelope[Message, Reply] | None) -> None:
        super().put_nowait(item)
        if self._timer is None and item and item.expires is not None:
            self._expire_at(item.expires)

    def close(self) -> None:
        """Stop the timer."""
        if self._timer is not None:
            self._timer.cancel()

    def _expire_at(self, when: float) -> None:
        self._timer = asyncio.get_running_loop().call_at(when, self._expire)

    def _expire(self) -> None:
        """Refuse what has expired; it stays in the queue, abandoned."""
        self._timer = None
        now = asyncio.get_running_loop().time()
        for envelope in self._queue:
            if envelope is None or envelope.expires is None or envelope.abandoned:
                continue
            if envelope.expires > now:
                return self._expire_at(envelope.expires)
            envelope.resolve(MessageExpired())
        return None
