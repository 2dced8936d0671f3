"""The server: uvicorn's, with connections of our own."""

import asyncio
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from math import ceil
from typing import Any, cast

import uvicorn
from litestar.types import ASGIApp

from ecg_service.server.certificates import Certificate
from ecg_service.server.connection import Connection
from ecg_service.server.connections import Connections, ConnectionStatistics
from ecg_service.server.handshakes import Handshake
from ecg_service.server.refusals import Refusal
from ecg_service.server.secured import hsts, with_hsts
from ecg_service.server.waits import Patience
from ecg_service.settings import Settings


class HttpServer:
    """Serves one application, and finishes the requests in progress when stopped.

    It tells of each request that it refuses by itself.
    """

    def __init__(
        self,
        app: ASGIApp,
        settings: Settings,
        certificate: Certificate | None = None,
        tell: Callable[[Refusal], None] = lambda _: None,
    ) -> None:
        self._settings, self._certificate = settings, certificate
        self._connections = Connections(settings, tell)
        connection = partial(Connection, self._connections, Patience(settings))
        self._config = uvicorn.Config(
            cast("Any", self._secured(app)),  # Litestar's and uvicorn's types differ in name only
            loop="none",
            http=cast("Any", self._begun(connection)),
            headers=hsts(settings.server) if certificate else [],
            lifespan="off",
            ws="none",
            log_config=None,
            access_log=False,
            proxy_headers=bool(settings.server.trusted_proxies),
            forwarded_allow_ips=settings.server.trusted_proxies,
            server_header=False,
            timeout_graceful_shutdown=ceil(
                settings.server.drain_seconds + settings.connections.linger_seconds + 1
            ),
        )

    def statistics(self) -> ConnectionStatistics:
        """Return how many connections are open."""
        return self._connections.statistics()

    async def serve(
        self, listener: socket.socket, stop: asyncio.Event, started: Callable[[], None]
    ) -> None:
        """Serve on this socket until `stop` is set; calls `started` once it accepts connections."""
        drain_seconds = self._settings.server.drain_seconds
        server = _Server(self._config, self._connections, drain_seconds, stop, started)
        upkeep = [asyncio.create_task(self._connections.sweep_forever())]
        if self._certificate:
            seconds = self._settings.server.tls_check_seconds
            upkeep.append(asyncio.create_task(self._certificate.renew_forever(seconds)))
        try:
            await server.serve(sockets=[listener])
        finally:
            for task in upkeep:
                task.cancel()
            await asyncio.wait(upkeep)

    def _secured(self, app: ASGIApp) -> ASGIApp:
        """Return the application, which says itself what only those with TLS before it are told."""
        settings = self._settings.server
        is_behind = settings.trusted_proxies and self._certificate is None
        return with_hsts(app, hsts(settings)) if is_behind else app

    def _begun(self, connection: Callable[..., Connection]) -> Callable[..., asyncio.Protocol]:
        """Return what begins a connection: with TLS if there is a certificate."""
        if self._certificate is None:
            return connection
        return partial(Handshake, connection, self._connections, self._certificate)


class _Server(uvicorn.Server):
    def __init__(
        self,
        config: uvicorn.Config,
        connections: Connections,
        drain_seconds: float,
        stop: asyncio.Event,
        started: Callable[[], None],
    ) -> None:
        super().__init__(config)
        self._connections, self._drain_seconds = connections, drain_seconds
        self._stop, self._on_started = stop, started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_started()

    async def on_tick(self, counter: int) -> bool:
        return await super().on_tick(counter) or self._stop.is_set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer what has been asked, and after a while refuse what is still arriving."""
        asyncio.get_running_loop().call_later(self._drain_seconds, self._connections.stop)
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Leave signals to `stop_signals`."""
        yield
