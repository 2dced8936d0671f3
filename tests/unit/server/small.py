"""A small application behind the server, which tells what it has seen."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from litestar.types import Receive, Scope, Send

from ecg_service.server import Certificate
from ecg_service.settings import ConnectionSettings, EdgeSettings, ServerSettings, Settings
from tests.server import LONG, PATIENT, Door, serving


@dataclass
class Application:
    """Answers a body by its length, `/hang` when told to, `/large` by as many bytes as asked."""

    go: asyncio.Event = field(default_factory=asyncio.Event)
    seen: list[str] = field(default_factory=list[str])

    async def has_seen(self, count: int) -> bool:
        return len(self.seen) == count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        path, query = scope["path"], scope["query_string"].decode()
        self.seen.append(path)
        body = b""
        if path == "/hang":
            await self.go.wait()
        elif path == "/large":
            body = b"x" * int(query)
        elif path == "/raise":
            raise RuntimeError("of the application")
        elif path != "/early":
            body = b"%d" % await self._length(receive)
        headers = [(b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})

    async def _length(self, receive: Receive) -> int:
        length, more = 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                self.seen.append("disconnect")
                return 0
            assert message["type"] == "http.request"
            length, more = length + len(message["body"]), message["more_body"]
        return length


@asynccontextmanager
async def served(
    limits: ConnectionSettings = PATIENT,
    *,
    max_connections: int = 1000,
    max_body_seconds: float = LONG,
    certificate: Certificate | None = None,
) -> AsyncGenerator[tuple[Application, Door]]:
    """Serve the small application with these settings."""
    application = Application()
    settings = Settings(
        server=ServerSettings(
            max_connections=max_connections, drain_seconds=0.2, tls_check_seconds=0.05
        ),
        edge=EdgeSettings(max_body_seconds=max_body_seconds),
        connections=limits,
    )
    async with serving(application, settings, certificate) as door:
        yield application, door
        application.go.set()
