"""uvicorn, on a socket of ours, ending well at a signal."""

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


class Server:
    """Serves until SIGTERM or SIGINT, then answers what has come and returns."""

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
            limit_concurrency=settings.max_connections,
            timeout_graceful_shutdown=max(1, round(settings.drain_seconds)),
        )

    async def run(self, listener: socket.socket, started: Callable[[], None]) -> None:
        """Serve on this socket; calls `started` once connections are taken."""
        tune()
        await _Server(self._config, started).serve(sockets=[listener])


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_started = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_started()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Stop at a signal and do not raise it again: having drained is a success."""
        with super().capture_signals():
            yield
            self._captured_signals.clear()
