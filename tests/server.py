"""Serves an application on a socket, in the loop of the test."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from litestar.types import ASGIApp

from ecg_service.bootstrap.server import bind
from ecg_service.server import Certificate, HttpServer
from ecg_service.settings import ConnectionSettings, Settings
from tests.e2e.service import Wire, connected

LONG = 3600.0
PATIENT = ConnectionSettings(
    first_byte_seconds=LONG,
    head_seconds=LONG,
    keep_alive_seconds=LONG,
    body_grace_seconds=LONG,
    answer_seconds=LONG,
)
"""Deadlines that no test waits for, however slow the machine."""


@dataclass(frozen=True)
class Door:
    """Where an application is served."""

    port: int
    stop: asyncio.Event

    def wire(self) -> AbstractAsyncContextManager[Wire]:
        """Connect; hang up at the end of the block."""
        return connected("127.0.0.1", self.port)


@asynccontextmanager
async def serving(
    app: ASGIApp, settings: Settings, certificate: Certificate | None = None
) -> AsyncGenerator[Door]:
    """Serve until the end of the block."""
    stop, started = asyncio.Event(), asyncio.Event()
    with bind("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        server = HttpServer(app, settings, certificate)
        serving = asyncio.create_task(server.serve(listener, stop, started.set))
        await started.wait()
        try:
            yield Door(port, stop)
        finally:
            stop.set()
            await serving
