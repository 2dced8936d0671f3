"""uvicorn on a socket that is handed to it, stopped by an event instead of by signals."""

import asyncio
import signal
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, cast

import uvicorn
from litestar.types import ASGIApp

from ecg_service.bootstrap.process import tune
from ecg_service.settings import Settings

BACKLOG = 2048


def bind(host: str, port: int) -> socket.socket:
    """Listen at an address; raises `OSError` if it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=BACKLOG)


@contextmanager
def stop_signals() -> Generator[asyncio.Event]:
    """Set an event at SIGTERM and SIGINT, however many of them come, until the process ends.

    One that comes while the service drains must not kill it, nor one that comes when all is done:
    the exit code would say that it failed. So they are ignored from the end of the block on.
    """
    stop, loop = asyncio.Event(), asyncio.get_running_loop()

    def tell(*_: object) -> None:
        loop.call_soon_threadsafe(stop.set)

    # Not the loop's own handlers: taking those off restores the deadly default for a moment.
    _handle(tell)
    try:
        yield stop
    finally:
        _handle(signal.SIG_IGN)


def _handle(handler: Callable[..., None] | signal.Handlers) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handler)


class Server:
    """Serves until it is told to stop, then answers what has come and returns."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._config = uvicorn.Config(
            cast("Any", app),  # Litestar's and uvicorn's ASGI types differ in name only
            loop="none",
            http="httptools",
            lifespan="off",
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            limit_concurrency=settings.server.max_connections,
            timeout_graceful_shutdown=max(1, round(settings.server.drain_seconds)),
        )

    async def run(
        self, listener: socket.socket, stop: asyncio.Event, started: Callable[[], None]
    ) -> None:
        """Serve on this socket; calls `started` once connections are taken."""
        tune()
        await _Server(self._config, stop, started).serve(sockets=[listener])


class _Server(uvicorn.Server):
    def __init__(
        self, config: uvicorn.Config, stop: asyncio.Event, started: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._stop = stop
        self._on_started = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_started()

    async def on_tick(self, counter: int) -> bool:
        return await super().on_tick(counter) or self._stop.is_set()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Leave signals to `stop_signals`."""
        yield
