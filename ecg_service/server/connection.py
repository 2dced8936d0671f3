"""One connection of a stranger: answers its requests in turn."""

from asyncio import Event
from typing import Any, cast

from uvicorn._types import ASGI3Application, HTTPScope

from ecg_service.server.connections import Connections
from ecg_service.server.exchange import SHORT, Exchange
from ecg_service.server.refusals import FULL, PIPELINED, Refusal, Refused
from ecg_service.server.waiting import WaitingProtocol
from ecg_service.server.waits import Patience, Wait

_ALWAYS = "/health/"
"""The paths that are answered even if all connections are taken."""

_NO_SCOPE = cast("HTTPScope", {"type": "http", "method": "GET", "http_version": "1.1"})
"""What a refusal is told of a request that cannot be read."""


class Connection(WaitingProtocol):
    """The requests of one client, answered one after the other.

    It is the transport of its exchanges, so that an answer that closes ends it properly.
    """

    def __init__(
        self,
        connections: Connections,
        patience: Patience,
        **uvicorns: Any,  # noqa: ANN401 - passed on
    ) -> None:
        super().__init__(connections, patience, **uvicorns)
        self._app: ASGI3Application = uvicorns["config"].loaded_app
        self._extensions: Any = {"ecg.renew_body": self._renew_body}
        self._latest: Exchange | None = None
        self._running: Exchange | None = None
        self._answers = 0, 0  # bytes of the last two large answers

    @property
    def kept(self) -> int:
        """The bytes of answers in memory: each is kept whole until its last byte is sent."""
        return max(self.unsent, sum(self._answers)) if self.unsent else 0

    def _has_room(self, size: int) -> bool:
        """Whether the next answer may have this size; the one before it may still be unsent."""
        fits = self._connections.has_room(size)
        if fits:
            self._answers = self._answers[1] if self.unsent else 0, size
        return fits

    @property
    def received(self) -> int:
        """The bytes of the latest body that have come."""
        return self._latest.received if self._latest else 0

    def begin_request(self, *, keep_alive: bool) -> None:
        """Run the application, now or after the requests before this one."""
        if len(self.pipeline) >= self.limits.max_pipelined:
            raise Refused(PIPELINED)
        is_next = self._running is None
        if is_next and self._connections.is_full and not self.scope["path"].startswith(_ALWAYS):
            raise Refused(FULL)
        self.scope["extensions"] = self._extensions
        self._latest = self._exchange(self.scope, keep_alive=keep_alive and not self._is_stopping)
        self._latest.is_short = 0 < self.length <= SHORT
        self._queue(self._latest, self._app)

    def _renew_body(self) -> None:
        """Give the body that arrives its time again: the application has got a part that counts."""
        if self._watch.wait is Wait.BODY:
            self._watch.renew(self.loop.time())

    def on_body(self, body: bytes) -> None:
        """Pass on a part of the latest request's body."""
        self.heard = True
        if self._latest is not None:
            self._latest.take(body)
            if self._latest.is_full:
                self.flow.pause_reading()

    def end_request(self) -> None:
        """Wait for the answer, or for the next request if it is out."""
        if self._latest is not None:
            self._latest.end()
        if self._running is self._latest:
            self._watch.wait = Wait.ANSWER
        elif self._running is None:  # this one was answered before its end
            self._begin(Wait.NEXT)

    def refuse(self, refusal: Refusal) -> None:
        """Answer the request that arrives with a refusal, after those before it, and close."""
        self._connections.tell(refusal)
        self.is_deaf = True
        self.expect_100_continue = False
        if not self.in_body:
            scope = self.scope if self.in_head and "method" in self.scope else _NO_SCOPE
            self._queue(self._exchange(scope, keep_alive=False), refusal)
        elif self.pipeline:
            self.pipeline[0] = (self.pipeline[0][0], refusal)
        elif self._running is None:
            self.close()
        else:
            self._answer_for(self._running, refusal)

    def _answer_for(self, running: Exchange, refusal: Refusal) -> None:
        """Refuse a request on which the application works already, and waits for its body."""
        running.drop()
        if running.response_started:
            self.close()
        else:
            self._start(self._exchange(running.scope, keep_alive=False), refusal)

    def _exchange(self, scope: HTTPScope, *, keep_alive: bool) -> Exchange:
        exchange = Exchange(
            scope=scope,
            transport=cast("Any", self),
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=False,
            default_headers=self.server_state.default_headers,
            message_event=Event(),
            expect_100_continue=self.expect_100_continue,
            keep_alive=keep_alive,
            on_response=self.on_response_complete,
        )
        exchange.parts, exchange.has_room = [], self._has_room
        return exchange

    def _queue(self, exchange: Exchange, app: ASGI3Application) -> None:
        if self._running is None:
            self._start(exchange, app)
        else:
            self.flow.pause_reading()
            self.pipeline.appendleft((exchange, app))

    def _start(self, exchange: Exchange, app: ASGI3Application) -> None:
        self._running = exchange
        self._connections.waiting.pop(self, None)
        self._begin(Wait.BODY if exchange.more_body and not self.is_deaf else Wait.ANSWER)
        self._start_asgi_task(exchange, app)

    def on_response_complete(self) -> None:
        """Answer the next request, or wait for it; called when an answer is written."""
        self.server_state.total_requests += 1
        answered, self._running = self._running, None
        if self._is_ending or self.transport.is_closing():
            return
        if self.pipeline:
            self._start(*cast("tuple[Exchange, ASGI3Application]", self.pipeline.pop()))
        elif self._has_eof:
            self.close()
        else:
            self._await_next(answered)
        if not self.pipeline:
            self.flow.resume_reading()

    def _await_next(self, answered: Exchange | None) -> None:
        self._connections.waiting[self] = None
        ended = answered is None or not answered.more_body
        if ended:  # else its end is still to come, within the same time
            self._begin(Wait.HEAD if self.in_head else Wait.NEXT)

    def shutdown(self) -> None:
        """Close when what has been asked is answered, or is on its way: it would be lost."""
        self._is_stopping = True
        if self._latest is not None and self._running is not None:
            self._latest.keep_alive = False
        elif not self._is_ending:
            self._begin(Wait.LAST)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the application."""
        super().connection_lost(exc)
        self._extensions.clear()  # or a cycle of references would keep the connection
        if self._running is not None:
            self._running.drop()
