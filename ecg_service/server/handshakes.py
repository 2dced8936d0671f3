"""Connections that begin with TLS: until both sides agree, they wait among all others."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Generator
from types import coroutine
from typing import Any, TypeVar

from ecg_service.server.certificates import Certificate
from ecg_service.server.connection import Connection
from ecg_service.server.connections import Connections
from ecg_service.settings import ConnectionSettings

T = TypeVar("T")


class Handshake(asyncio.Protocol):
    """A connection without TLS yet, which a `Connection` takes over when it has it.

    The loop's own servers with TLS would show a connection only then: nobody would count, or be
    able to close, those that never agree.
    """

    unsent = kept = 0

    def __init__(
        self,
        make: Callable[..., Connection],
        connections: Connections,
        certificate: Certificate,
        **uvicorns: Any,  # noqa: ANN401 - passed on
    ) -> None:
        self._make, self._uvicorns = make, uvicorns
        self._connections, self._certificate = connections, certificate
        self._limits: ConnectionSettings = connections.limits
        self._state = uvicorns["server_state"]
        self._early = bytearray()
        self._is_stopping = self._has_eof = self._is_lost = False
        self._last_moment: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Wait among the connections, and begin."""
        self._transport = transport
        self._connections.admit(self)
        self._state.connections.add(self)
        loop = asyncio.get_running_loop()
        starting = loop.start_tls(
            transport,
            self,
            self._certificate.context,
            server_side=True,
            ssl_handshake_timeout=self._limits.first_byte_seconds,
            ssl_shutdown_timeout=self._limits.linger_seconds,
        )
        task = loop.create_task(self._agree(_begun(starting)))
        self._state.tasks.add(task)
        task.add_done_callback(self._state.tasks.discard)

    async def _agree(self, starting: Awaitable[asyncio.Transport | None]) -> None:
        try:
            encrypted = await starting
        except OSError:  # no TLS, none that is safe, or not in time
            self._transport.abort()
        else:
            # uvloop returns one also for a connection that was closed meanwhile.
            if encrypted is not None and not (self._is_lost or self._transport.is_closing()):
                self._hand_over(encrypted)
        finally:
            if self._last_moment:
                self._last_moment.cancel()
            self._connections.discard(self)
            self._state.connections.discard(self)

    def _hand_over(self, encrypted: asyncio.Transport) -> None:
        connection = self._make(**self._uvicorns)
        encrypted.set_protocol(connection)
        self._connections.discard(self)
        connection.connection_made(encrypted)
        if self._is_stopping:
            connection.shutdown()
        if self._early:
            connection.data_received(bytes(self._early))
        if self._has_eof and not connection.eof_received():
            encrypted.close()

    def data_received(self, data: bytes) -> None:
        """Keep what comes between the handshake and the handing over, at most one read."""
        self._early += data

    def eof_received(self) -> bool:
        """Keep the end."""
        self._has_eof = True
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Hand nothing over."""
        del exc
        self._is_lost = True

    def shutdown(self) -> None:
        """Let the server stop when this connection has had its last request, or does not come to it."""
        self._is_stopping = True
        seconds = self._limits.last_request_seconds
        self._last_moment = asyncio.get_running_loop().call_later(seconds, self.drop)

    def check(self, now: float) -> None:
        """Leave the time to the loop."""

    def drop(self) -> None:
        """Close at once."""
        self._transport.abort()

    def stop(self) -> None:
        """Refuse nothing: there is no request yet."""


def _begun(work: Coroutine[Any, Any, T]) -> Awaitable[T]:
    """Run a coroutine at once, up to where it waits; return what awaits its end.

    The transport reads as soon as it is made, before any task runs, and has to know for whom.
    """
    waits_for: Any = work.send(None)

    @coroutine
    def rest() -> Generator[Any, Any, T]:
        awaited = waits_for
        while True:
            try:
                value = yield awaited
            except BaseException as error:  # noqa: BLE001 - it is for the coroutine
                step, given = work.throw, error
            else:
                step, given = work.send, value
            try:
                awaited = step(given)
            except StopIteration as end:
                return end.value

    return rest()
