"""A TCP proxy before a server, which loses connections on purpose, one by one or all."""

import asyncio
import gc
import warnings
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

Fault = Literal["cut before", "cut after", "hang"]
"""What happens to a message: it is lost with its connection, only its answer is, or it waits and nobody is let in any more."""


@dataclass
class Proxy:
    """Passes everything on; `fault` says what happens to the next messages of the client.

    While it `is_down`, who connects is cut off at once. Each part of a request waits for `delay`
    seconds, and everything for the end of `stalled`.
    """

    host: str
    port: int
    fault: Callable[[bytes], Fault | None] = lambda _: None
    cuts: int = 0
    is_down: bool = False
    delay: float = 0.0
    answered: int = 0
    """Bytes that the server has sent."""
    listening: int = 0
    stop: Callable[[], None] = lambda: None
    tasks: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])
    _flows: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._flows.set()

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_down:
            writer.transport.abort()
            return
        task = asyncio.create_task(self._serve(reader, writer))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def go_down(self) -> None:
        """Cut all connections; `is_down = False` ends it."""
        self.is_down = True
        for task in self.tasks:
            task.cancel()

    @contextmanager
    def stalled(self) -> Generator[None]:
        """Pass nothing on during the block; no connection is lost."""
        self._flows.clear()
        try:
            yield
        finally:
            self._flows.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError), ExitStack() as stack:
            stack.callback(writer.transport.abort)
            from_server, to_server = await asyncio.open_connection(self.host, self.port)
            stack.callback(to_server.transport.abort)
            answers = asyncio.create_task(self._pass(from_server, writer))
            stack.callback(answers.cancel)
            await self._requests(reader, to_server)

    async def _requests(
        self, reader: asyncio.StreamReader, to_server: asyncio.StreamWriter
    ) -> None:
        fault = None
        while not fault and (message := await reader.read(65_536)):
            await asyncio.sleep(self.delay)
            await self._flows.wait()
            fault = self.fault(message)
            if fault == "hang":
                self.stop()
                await reader.read(-1)  # until the client gives up
            if fault in {None, "cut after"}:
                to_server.write(message)
                await to_server.drain()
        self.cuts += fault is not None

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while answer := await reader.read(65_536):
                await self._flows.wait()
                self.answered += len(answer)
                writer.write(answer)
                await writer.drain()
        writer.close()


@asynccontextmanager
async def proxying(host: str, port: int) -> AsyncGenerator[Proxy]:
    """Listen at a free port before this server until the block ends."""
    proxy = Proxy(host, port)
    server = await asyncio.start_server(proxy.accept, "127.0.0.1", 0)
    proxy.stop = server.close
    proxy.listening = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        for task in [*proxy.tasks]:
            task.cancel()
        await asyncio.gather(*proxy.tasks, return_exceptions=True)
        for _ in range(
            2
        ):  # turns of the loop, in which the sockets of aborted connections are closed
            await asyncio.sleep(0)


@contextmanager
def sockets_collected() -> Generator[None]:
    """Collect what the block leaves; drivers leave sockets of connections that are cut early.

    What was there before is not looked through: in a process of many tests that takes longer than they do.
    """
    gc.freeze()
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
    gc.unfreeze()
