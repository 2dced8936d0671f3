"""Batches: the documents of one request, several in the ingest pool at once.

Those that are there together are one message to it, so that they cost one future, one reservation
of room and one turn of the event loop; each has an outcome of its own all the same.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from ecg_service.domain.errors import EcgError, Overloaded
from ecg_service.domain.principal import Principal
from ecg_service.domain.traces import TraceContext
from ecg_service.ports.formats import Format
from ecg_service.services.in_flight import Room
from ecg_service.services.ingest.submissions import Answers, Ingest, Receipt, outcomes_of

POLL = 0.01
"""Seconds between two looks for room that others take."""

T = TypeVar("T")

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
    """Submits documents in order, and tells how each ended, in the same order.

    At most `window` are in flight. One that finds no room, which may be taken by those before it,
    waits for it, while the body is not read, and is refused after `wait_seconds`.
    """

    def __init__(
        self,
        ingest: Ingest,
        sender: Principal,
        document_format: Format,
        tell: Callable[[Sequence[Outcome]], None],
        limits: BatchLimits,
        *,
        trace: TraceContext | None = None,
    ) -> None:
        self._ingest = ingest
        self._sender = sender
        self._format = document_format
        self._tell = tell
        self._limits = limits
        self._trace = trace
        self._untold: deque[_Sent | EcgError] = deque()
        self._running = 0
        self._ended = asyncio.Event()
        self._room: Room | None = None

    async def hold(self, size: int) -> None:
        """Have room for as much of the next document as has come, or raise `Overloaded`."""
        if size == 0:
            self.close()
        else:
            await self._when_there_is_room(lambda: self._hold(size))

    async def put(self, documents: Sequence[bytes]) -> None:
        """Submit the next documents, when fewer than `window` are in flight.

        As many go together as there is room for.
        """
        begin = 0
        while begin < len(documents):
            while self._running >= self._limits.window:
                await self._next_end()
            begin += await self._put_some(documents[begin : begin + self._limits.window])

    async def _put_some(self, documents: Sequence[bytes]) -> int:
        try:
            return await self._when_there_is_room(lambda: self._submit(documents))
        except Overloaded as error:
            self.refuse(error)
            return 1

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

    async def _when_there_is_room(self, attempt: Callable[[], T]) -> T:
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

    def _submit(self, documents: Sequence[bytes]) -> int:
        """Submit the first of the documents, and return how many there was room for."""
        most = min(self._limits.window - self._running, self._ingest.room(self._sender))
        together = self._held(documents[: max(1, most)])
        reply = self._ingest.begin(self._sender, self._format, together, trace=self._trace)
        room, self._room = self._room, None
        sent = _Sent(reply, len(together))
        self._running += sent.documents
        self._untold.append(sent)
        reply.add_done_callback(partial(self._end, room, sent))
        return sent.documents

    def _held(self, documents: Sequence[bytes]) -> Sequence[bytes]:
        """Return as many of the first documents as there is room for in memory."""
        try:
            self._hold(sum(map(len, documents)))
        except Overloaded:
            if len(documents) == 1:
                raise
            return self._held(documents[: len(documents) // 2])
        return documents

    def _end(self, room: Room | None, sent: "_Sent", _: object) -> None:
        if room is not None:
            room.give_back()
        self._running -= sent.documents
        self._tell_ended()
        self._ended.set()

    def _tell_ended(self) -> None:
        while self._untold:
            first = self._untold[0]
            if isinstance(first, EcgError):
                outcomes = [first]
            elif first.reply.done():
                outcomes = outcomes_of(first.reply, first.documents)
            else:
                return
            self._untold.popleft()
            self._tell(outcomes)


@dataclass(frozen=True, slots=True)
class _Sent:
    """The reply to documents that were submitted in one message."""

    reply: asyncio.Future[Answers]
    documents: int
