"""What a connection waits for, how it closes, and when it is given up."""

from abc import abstractmethod
from asyncio import Transport
from typing import Any

from ecg_service.server.connections import Connections
from ecg_service.server.parsing import ParsingProtocol
from ecg_service.server.refusals import SLOW, STOPPING
from ecg_service.server.waits import Patience, Wait, Watch

_MAX_DROPPED = 1_000_000
"""Bytes that are read behind a request that is refused, for the client to see the answer."""


class WaitingProtocol(ParsingProtocol):
    """A connection, of which nothing takes for ever."""

    def __init__(
        self,
        connections: Connections,
        patience: Patience,
        **uvicorns: Any,  # noqa: ANN401 - passed on
    ) -> None:
        super().__init__(connections.limits, connections.hosts, **uvicorns)
        self._connections = connections
        self._watch = Watch(patience, self.loop.time())
        self._is_ending = self._is_stopping = self._has_eof = False
        self._dropped = 0

    @property
    @abstractmethod
    def received(self) -> int:
        """The bytes of the latest body that have come."""

    @property
    @abstractmethod
    def kept(self) -> int:
        """The bytes of answers that are in memory until the client has taken all of them."""

    def connection_made(self, transport: Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Take the connection, or make room for it."""
        super().connection_made(transport)
        self.write, self.is_closing = transport.write, transport.is_closing
        self._connections.admit(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._connections.discard(self)
        super().connection_lost(exc)

    def eof_received(self) -> bool:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Stay open for the answer if a whole request came before the end."""
        self._has_eof = True
        return self._watch.wait is Wait.ANSWER and self.transport.can_write_eof()

    def data_received(self, data: bytes) -> None:
        """Take what arrives, or drop it behind a request that is refused."""
        super().data_received(data)
        if self.is_deaf:
            self._dropped += len(data)
            if self._dropped > _MAX_DROPPED:
                self.flow.pause_reading()
        elif self.in_head and self._watch.wait in {Wait.FIRST_BYTE, Wait.NEXT}:
            self._begin(Wait.HEAD)

    def _begin(self, wait: Wait) -> None:
        self._watch.wait, self._watch.since = wait, self.loop.time()

    @property
    def unsent(self) -> int:
        """The bytes of answers that the client has not taken yet."""
        return self.transport.get_write_buffer_size()

    def check(self, now: float) -> None:
        """End what takes too long."""
        if self._watch.is_unread(now, self.unsent):
            self.drop()
        elif self._watch.wait is Wait.BODY and self.flow.read_paused:
            self._begin(Wait.BODY)  # it is for the application to read
        elif self._watch.is_over(now, self.received):
            self._give_up()

    def _give_up(self) -> None:
        if self._watch.wait in {Wait.HEAD, Wait.BODY}:
            self.refuse(SLOW)
        else:
            self.transport.close()

    def close(self) -> None:
        """Close after the answer, when the client does (RFC 9112 §9.6).

        What still arrives is dropped: bytes that nobody reads would cut off the answer.
        """
        self._is_ending = True
        self._connections.waiting[self] = None
        if self._has_eof or (self._is_stopping and not (self.is_deaf or self.in_body)):
            self.transport.close()
        elif not self.transport.is_closing():
            self.is_deaf = True
            self.flow.resume_reading()
            self._end()
            self._begin(Wait.END)

    def _end(self) -> None:
        """Say that nothing more follows; with TLS that ends both directions, after the client's goodbye."""
        if self.transport.can_write_eof():
            self.transport.write_eof()
        else:
            self.transport.close()

    def drop(self) -> None:
        """Close at once."""
        self.transport.abort()

    def stop(self) -> None:
        """Refuse a request that is not whole yet."""
        if self.in_body and not self.is_deaf:
            self.refuse(STOPPING)
