"""Batches: the documents of one request, several in the ingest pool at once."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from ecg_service.domain.errors import EcgError, Overloaded
from ecg_service.domain.principal import Principal
from ecg_service.ports.formats import Format
from ecg_service.services.in_flight import Room
from ecg_service.services.ingest.submissions import Ingest, Receipt, outcome_of

POLL = 0.01
"""Seconds between two looks for room that others take."""

Outcome = Receipt | BaseException
"""The end of one item."""


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """How many items of a batch are in flight, how long one waits for room, how many there are.

    `max_together` is how many there are in a batch that is stored whole or not at all.
    """

    window: int
    wait_seconds: float
    max_items: int
    max_together: int


class Batch:
    """Submits documents in order, each by itself, and tells how each ended, in the same order.

    At most `window` are in flight. One that finds no room, which may be taken by those before it,
    waits for it, while the body is not read, and is refused after `wait_seconds`.
    """

    def __init__(
        self,
        ingest: Ingest,
        sender: Principal,
        document_format: Format,
        tell: Callable[[Outcome], None],
        limits: BatchLimits,
    ) -> None:
        self._ingest = ingest
        self._sender = sender
        self._format = document_format
        self._tell = tell
        self._limits = limits
        self._untold: deque[asyncio.Future[Receipt] | EcgError] = deque()
        self._running = 0
        self._ended = asyncio.Event()
        self._room: Room | None = None

    async def hold(self, size: int) -> None:
        """Have room for as much of the next document as has come, or raise `Overloaded`."""
        if size == 0:
            self.close()
        else:
            await self._when_there_is_room(lambda: self._hold(size))

    async def put(self, document: bytes) -> None:
        """Submit the next document, when fewer than `window` are in flight."""
        while self._running >= self._limits.window:
            await self._next_end()
        try:
            await self._when_there_is_room(lambda: self._submit(document))
        except Overloaded as error:
            self.refuse(error)

    def refuse(self, reason: EcgError) -> None:
        """Tell of the next document that it is not submitted."""
        self.close()
        self._untold.append(reason)
        self._tell_ended()

    async def finish(self) -> None:
        """Wait until all documents have ended."""
        while self._untold:
            await self._next_end()

    def close(self) -> None:
        """Give back the room of a document that will not come; those in flight go on."""
        room, self._room = self._room, None
        if room is not None:
            room.give_back()

    async def _when_there_is_room(self, attempt: Callable[[], None]) -> None:
        until = time.monotonic() + self._limits.wait_seconds
        while True:
            try:
                return attempt()
            except Overloaded:
                if not self._ingest.running or time.monotonic() > until:
                    raise
            await (self._next_end() if self._running else asyncio.sleep(POLL))

    async def _next_end(self) -> None:
        self._ended.clear()
        await self._ended.wait()

    def _hold(self, size: int) -> None:
        if self._room is None:
            weight = self._format.memory
            self._room = self._ingest.admit(self._sender, size, weight=weight).take()
        else:
            self._room.hold(size)

    def _submit(self, document: bytes) -> None:
        self._hold(len(document))
        reply = self._ingest.begin(self._sender, self._format, document)
        room, self._room = self._room, None
        self._running += 1
        self._untold.append(reply)
        reply.add_done_callback(partial(self._end, room))

    def _end(self, room: Room | None, reply: asyncio.Future[Receipt]) -> None:
        del reply  # it is told in its turn
        if room is not None:
            room.give_back()
        self._running -= 1
        self._tell_ended()
        self._ended.set()

    def _tell_ended(self) -> None:
        while self._untold:
            first = self._untold[0]
            if isinstance(first, asyncio.Future):
                if not first.done():
                    return
                first = outcome_of(first)
            self._untold.popleft()
            self._tell(first)
