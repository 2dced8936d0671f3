"""One request and its answer, as the application sees them."""

import asyncio
from collections.abc import Callable
from types import CoroutineType
from typing import Any

from uvicorn._types import (
    ASGI3Application,
    ASGIReceiveEvent,
    ASGISendEvent,
    HTTPResponseStartEvent,
)
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from ecg_service.server.refusals import FAULT, UNSENT, Refusal
from ecg_service.server.whole import length_of, whole

SMALL = 65_536
"""Answers up to this many bytes are always sent: as much stays unsent on any connection."""

STREAMED = 2_000_000
"""Bytes of two parts of a stream, as which its answer counts: one is sent and one is read."""

SHORT = 262_144
"""Bodies up to this many bytes are passed on whole if their length is known: each turn costs more than waiting."""


class Exchange(RequestResponseCycle):
    """uvicorn's, with the parts of the body kept as they came, and our own refusals.

    uvicorn copies a body twice, which took 30 µs of an ECG of 257 kB.
    """

    parts: list[bytes]
    has_room: Callable[[int], bool]
    is_short = False
    """Whether the body is known to be short, so that the application gets it whole."""
    received = unread = 0
    _most = HIGH_WATER_LIMIT
    _is_refused = False
    _head: HTTPResponseStartEvent | None = None

    def take(self, part: bytes) -> None:
        """Keep a part of the body until the application asks for it, or drop it after the answer."""
        self.received += len(part)
        if self.response_complete or self.disconnected:
            self.unread = 0
        else:
            self.parts.append(part)
            self.unread += len(part)
            if not self.is_short:
                self.message_event.set()

    @property
    def is_full(self) -> bool:
        """Whether no more of the body should come now."""
        return self.unread > self._most

    def end(self) -> None:
        """Take note that the body is whole."""
        self.more_body = False
        self.message_event.set()

    def drop(self) -> None:
        """Let the application see a client that has gone, and send nothing of its answer."""
        self.disconnected = True
        self.message_event.set()

    async def run_asgi(self, app: ASGI3Application) -> None:
        """Run the application; what it raises is a fault, since it handles its own errors."""
        try:
            await app(self.scope, self.receive, self.send)
        except asyncio.CancelledError:
            # Whether something was stored is not known, and a lost connection says just that.
            self.transport.close()
        except Exception:
            self.logger.exception("unexpected error in the application")
            await self._fail()
        else:
            if not (self.response_complete or self.disconnected):
                self.logger.error("the application gave no answer, or no end of one")
                await self._fail()
        finally:
            self.on_response = lambda: None  # or a cycle of references would keep the memory

    async def _fail(self) -> None:
        if self.response_started:
            self.transport.close()
        else:
            await FAULT(self.scope, self.receive, self.send)

    async def receive(self) -> ASGIReceiveEvent:
        """Return the parts of the body that are there, or wait for one."""
        if self.waiting_for_100_continue and not self.transport.is_closing():
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.waiting_for_100_continue = False
        if not (self.disconnected or self.response_complete):
            if self.more_body:  # or what is behind this request would be read too
                self._most = SHORT
                self.flow.resume_reading()
            await self.message_event.wait()
            self.message_event.clear()
        if self.disconnected or self.response_complete:
            return {"type": "http.disconnect"}
        parts, self.parts, self.unread = self.parts, [], 0
        return {"type": "http.request", "body": b"".join(parts), "more_body": self.more_body}

    def send(self, message: ASGISendEvent) -> "CoroutineType[Any, Any, None]":
        """Send a part of the answer, or refuse all of it if it is too large to be kept now."""
        if self._is_refused:
            return _nothing()
        if message["type"] == "http.response.start" and not self.response_started:
            return self._begin(message)
        head, self._head = self._head, None
        return self._send_both(head, message) if head else super().send(message)

    async def _begin(self, head: HTTPResponseStartEvent) -> None:
        """Send the head, or keep it for the body if the length of that is known."""
        length = length_of(head)
        if not self._fits(self._streamed if length is None else length):
            await self._refuse(UNSENT)
        elif length is None:
            await super().send(head)
        else:
            self._head = head

    @property
    def _streamed(self) -> int:
        """The bytes that are in memory of an answer that is read while it is written."""
        return STREAMED if self.scope["method"] == "GET" else 0

    async def _send_both(self, head: HTTPResponseStartEvent, message: ASGISendEvent) -> None:
        is_plain = self.keep_alive and self.scope["method"] != "HEAD"
        parts = whole(self.default_headers, head, message) if is_plain else None
        if parts is None or self.disconnected or self.flow.write_paused:
            await super().send(head)
            await super().send(message)
            return
        for part in parts:
            self.transport.write(part)
        self.response_started = self.response_complete = True
        self.message_event.set()
        self.on_response()

    def _fits(self, size: int) -> bool:
        return size <= SMALL or self.scope["method"] == "HEAD" or self.has_room(size)

    async def _refuse(self, refusal: Refusal) -> None:
        await refusal(self.scope, self.receive, super().send)
        self._is_refused = True


async def _nothing() -> None:
    """Send no more of an answer that is refused."""
