"""A TCP proxy before a server, which loses connections on purpose."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Literal

Fault = Literal["cut before", "cut after", "hang"]
"""What happens to a message: it is lost with its connection, only its answer is, or it waits."""


@dataclass
class Proxy:
    """Passes everything on; `fault` says what happens to the next messages of the client."""

    host: str
    port: int
    fault: Callable[[bytes], Fault | None] = lambda _: None
    cuts: int = 0
    listening: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_connection(self.host, self.port)
        answers = asyncio.create_task(_pass(from_server, writer))
        try:
            with suppress(OSError, asyncio.CancelledError):  # also at the end of the test
                await self._requests(reader, to_server)
        finally:
            answers.cancel()
            writer.close()
            to_server.close()

    async def _requests(
        self, reader: asyncio.StreamReader, to_server: asyncio.StreamWriter
    ) -> None:
        fault = None
        while not fault and (message := await reader.read(65_536)):
            fault = self.fault(message)
            if fault == "hang":
                await reader.read(-1)  # until the client gives up
            if fault in {None, "cut after"}:
                to_server.write(message)
                await to_server.drain()
        self.cuts += fault is not None


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while answer := await reader.read(65_536):
            writer.write(answer)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def proxying(host: str, port: int) -> AsyncGenerator[Proxy]:
    """Listen at a free port before this server until the block ends."""
    proxy = Proxy(host, port)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.listening = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
