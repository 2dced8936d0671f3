"""An open loop: requests are sent at fixed times, whatever becomes of those before them.

An answer is timed from when its request was due, so whatever holds up the sender counts too
(without "coordinated omission").
"""

import asyncio
import random
import re
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

MAX_CONNECTIONS = 900
LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)
END = b"\r\n\r\n"
LOST = 0
"""In place of a status: the connection was closed without an answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one request of a sender, `seconds` after it was due; `at` since the begin."""

    sender: str
    status: int
    seconds: float
    at: float


class _Connection(asyncio.Protocol):
    """A kept connection with one request at a time."""

    def __init__(self) -> None:
        self._transport = cast("asyncio.Transport", None)
        self._received = b""
        self._told: asyncio.Future[int] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    @property
    def is_open(self) -> bool:
        return not self._transport.is_closing()

    async def status_of(self, request: bytes) -> int:
        """Send the request and return the status of its answer."""
        self._told = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._told

    def data_received(self, data: bytes) -> None:
        self._received += data
        head = self._received.find(END)
        length = LENGTH.search(self._received, 0, head + len(END)) if head >= 0 else None
        if length and len(self._received) >= head + len(END) + int(length[1]):
            status, self._received = int(self._received.split(b" ", 2)[1]), b""
            self._tell(status)

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._tell(LOST)

    def _tell(self, status: int) -> None:
        if self._told is not None and not self._told.done():
            self._told.set_result(status)

    def close(self) -> None:
        self._transport.close()


class Service(Protocol):
    """Answers requests."""

    async def status_of(self, request: bytes) -> int:
        """Send the request and return the status of its answer."""
        ...


Clock = Callable[[], float]
"""Seconds since some moment, by which an event loop waits."""


class Client:
    """Sends requests over as many kept connections as they need at the same time."""

    def __init__(self, host: str, port: int) -> None:
        self._address = host, port
        self._idle = deque[_Connection]()
        self._free = asyncio.Semaphore(MAX_CONNECTIONS)

    async def status_of(self, request: bytes) -> int:
        """Send the request and return the status of its answer."""
        async with self._free:
            connection = await self._connection()
            status = await connection.status_of(request)
            self._idle.append(connection)
            return status

    async def _connection(self) -> _Connection:
        while self._idle:
            connection = self._idle.pop()
            if connection.is_open:
                return connection
        loop: Any = asyncio.get_running_loop()
        return (await loop.create_connection(_Connection, *self._address))[1]

    def close(self) -> None:
        """Hang up."""
        while self._idle:
            self._idle.pop().close()


@dataclass(frozen=True, slots=True)
class Stream:
    """So many requests a second by one sender."""

    sender: str
    request: bytes
    rate: float


async def offer(
    client: Service,
    streams: Sequence[Stream],
    seconds: float,
    *,
    seed: int = 0,
    clock: Clock = time.monotonic,
) -> list[Answer]:
    """Send all streams, each at times drawn by the seed; return the answers as they came."""
    answers, chance = list[Answer](), random.Random(seed)

    async def ask(stream: Stream, due: float) -> None:
        status = await client.status_of(stream.request)
        now = clock()
        answers.append(Answer(stream.sender, status, now - due, now - begin))

    begin = clock()
    times = [
        (begin + seconds * chance.random(), stream)
        for stream in streams
        for _ in range(round(stream.rate * seconds))
    ]
    async with asyncio.TaskGroup() as asking:
        for due, stream in sorted(times, key=lambda one: one[0]):
            await asyncio.sleep(max(0.0, due - clock()))
            asking.create_task(ask(stream, due))
    return answers


async def closed_loop(
    client: Service,
    requests: Sequence[bytes],
    senders: int,
    seconds: float,
    *,
    clock: Clock = time.monotonic,
) -> list[int]:
    """Let each sender send again as soon as it is answered; return the statuses."""
    end, statuses = clock() + seconds, list[int]()

    async def send(request: bytes) -> None:
        while clock() < end:
            statuses.append(await client.status_of(request))

    await asyncio.gather(*(send(requests[n % len(requests)]) for n in range(senders)))
    return statuses
