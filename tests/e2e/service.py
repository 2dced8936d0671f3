"""Runs the service as its users do, a process on a free port, and speaks to it byte by byte."""

import asyncio
import base64
import json
import os
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    suppress,
)
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from signal import Signals
from typing import Any
from urllib.parse import urlsplit

import httpx

from ecg_service.adapters.http_client import HttpClient
from tests.processes import COMMAND, PATIENCE, environment

ADMIN, USER, PASSWORD = "admin", "ann", "correct horse"
SMALL = b'{"leads":[{"name":"I","signal":[1,-1,0,2]}]}'
JSON_TYPE = {"Content-Type": "application/json"}

UNHURRIED = dict.fromkeys(
    ("first_byte_seconds", "head_seconds", "body_grace_seconds", "ingest_wait_seconds"),
    2 * PATIENCE,
)
"""Deadlines that no test waits for, however slow the machine."""

Json = dict[str, Any]


def basic(name: str = USER, password: str = PASSWORD) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def head_of(method: str = "POST", path: str = "/ecg", /, **headers: str | int | None) -> bytes:
    """Write the head of a request; `content_length=5` is a header, None leaves one out."""
    fields: dict[str, str | int | None] = {
        "host": "ecg",
        "authorization": basic(),
        "content_type": "application/json",
        **headers,
    }
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in fields.items() if value]
    return "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""]).encode()


def post_of(body: bytes = SMALL, **headers: str | int | None) -> bytes:
    return head_of(content_length=len(body), **headers) + body


def chunked(*parts: bytes) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (*parts, b""))


def crossings_of(signal: Iterable[int], baseline: int = 0, missing: int | None = None) -> int:
    """Count by the definition: changes of sign between consecutive samples that are not zero.

    None is counted from one side of missing samples to the other.
    """
    signs = [0 if s == missing else s - baseline for s in signal if s == missing or s != baseline]
    return sum(a * b < 0 for a, b in pairwise(signs))


def noise(chance: random.Random, size: int) -> list[int]:
    """Make samples of which many are zero and many as large as they get."""
    kinds = (0, 1, -1, 2**31 - 1, -(2**31))
    return [chance.choice(kinds) if n % 3 else chance.randint(-3000, 3000) for n in range(size)]


@dataclass(frozen=True)
class Answer:
    """An answer as it came over the wire; the names of headers are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Wire:
    """A connection of which every byte is ours."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, *data: bytes) -> None:
        self.writer.write(b"".join(data))
        await self.writer.drain()

    async def answer(self, *, to_head: bool = False) -> Answer:
        """Read the next answer, which the server must give before patience ends."""
        async with asyncio.timeout(PATIENCE):
            first, *lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[:-2]
            headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines)}
            size = 0 if to_head else int(headers.get("content-length", 0))
            body = await self.reader.readexactly(size)
        return Answer(int(first.split()[1]), headers, body)

    async def rest(self) -> bytes:
        """Read until the server closes."""
        async with asyncio.timeout(PATIENCE):
            return await self.reader.read()

    def cut(self) -> None:
        """Drop the connection as a failing network does, without a goodbye."""
        self.writer.transport.abort()


@asynccontextmanager
async def connected(host: str | None, port: int | None) -> AsyncGenerator[Wire]:
    """Connect; hang up at the end of the block."""
    reader, writer = await asyncio.open_connection(host, port)
    try:
        yield Wire(reader, writer)
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


@dataclass(frozen=True)
class Service:
    """A serving process."""

    process: asyncio.subprocess.Process
    url: str
    log: Path

    def client(self, name: str | None = USER, password: str = PASSWORD) -> HttpClient:
        return HttpClient(
            base_url=self.url,
            auth=(name, password) if name else None,
            timeout=PATIENCE,
            trust_env=False,
        )

    async def register(self, name: str = USER) -> None:
        async with self.client(ADMIN) as admin:
            body = {"username": name, "password": PASSWORD}
            answer = await admin.post("/users", json=body)
            assert answer.status_code == 201, answer.text

    @property
    def address(self) -> tuple[str, int]:
        parts = urlsplit(self.url)
        assert parts.hostname
        assert parts.port
        return parts.hostname, parts.port

    def wire(self) -> AbstractAsyncContextManager[Wire]:
        """Connect; hang up at the end of the block."""
        return connected(*self.address)

    async def has_logged(self, event: str) -> bool:
        return event in self.written()

    def written(self) -> str:
        return self.log.read_text()

    async def refuses(self) -> bool:
        """Whether nobody listens any more."""
        try:
            async with self.wire():
                return False
        except OSError:
            return True

    async def is_ready(self) -> bool:
        async with self.client(None) as anyone:
            return (await anyone.get("/health/ready")).status_code == 200

    def send_signal(self, number: Signals) -> None:
        # Not the process's own method: that one may take its exit code from whoever waits for it.
        with suppress(ProcessLookupError):  # it may have just ended
            os.kill(self.process.pid, number)

    async def ended(self) -> int:
        """Wait for the end of the process and return its exit code."""
        async with asyncio.timeout(PATIENCE):
            return await self.process.wait()

    async def stop(self, number: Signals = Signals.SIGTERM) -> int:
        self.send_signal(number)
        return await self.ended()


class EndedEarly(AssertionError):
    """A service has ended before it served."""


async def launch(
    folder: Path, *arguments: str, command: Sequence[str] = COMMAND, **settings: object
) -> asyncio.subprocess.Process:
    """Run a command of the service; what it prints goes to the file `log` of the folder."""
    return await _launch(folder, (*command, *arguments), settings)


async def _launch(
    folder: Path, command: Sequence[str], settings: Mapping[str, object]
) -> asyncio.subprocess.Process:
    small = {"reserve_bytes": 1_048_576}
    settings = {"admin_password": PASSWORD, **small, **UNHURRIED, **settings}
    given = {name: str(value) for name, value in settings.items() if value is not None}
    with (folder / "log").open("a") as log:
        return await asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            env=environment(**{f"ECG_{name.upper()}": value for name, value in given.items()}),
            stdout=log,
            stderr=log,
        )


@asynccontextmanager
async def running(
    folder: Path, command: Sequence[str] = COMMAND, /, **settings: object
) -> AsyncGenerator[Service]:
    """Serve the database of this folder on a free port; what still runs at the end is killed.

    Raises `EndedEarly` if the service ends before it serves.
    """
    log = folder / "log"
    before = log.stat().st_size if log.exists() else 0
    process = await _launch(folder, (*command, "serve", "--port", "0"), settings)
    try:
        yield Service(process, await _announced(process, log, before), log)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _announced(process: asyncio.subprocess.Process, log: Path, before: int) -> str:
    """Return the URL that the log tells."""

    async def told() -> bool:
        written = _lines(log, before)
        if process.returncode is not None:
            raise EndedEarly(written)
        return "serving at" in written

    await until(told)
    return _lines(log, before).partition("serving at ")[2].split()[0]


def _lines(log: Path, start: int) -> str:
    """Return what the log says in whole lines."""
    return log.read_bytes()[start:].rpartition(b"\n")[0].decode()


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Look again and again, but not for ever."""
    async with asyncio.timeout(PATIENCE):
        while True:
            if await condition():
                return
            await asyncio.sleep(0.02)


async def listed(user: httpx.AsyncClient, page_size: int = 100) -> list[Json]:
    """Return all ECGs of a user, page by page."""
    found, path = list[Json](), f"/ecg?page_size={page_size}"
    while path:
        answer = await user.get(path)
        assert answer.status_code == 200, answer.text
        found += answer.json()["ecgs"]
        path = answer.links.get("next", {}).get("url", "")
    return found


def problem(answer: Answer, status: int, slug: str) -> None:
    """Check that the answer is this problem."""
    assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+json")
    assert json.loads(answer.body)["type"] == f"/problems/{slug}"


async def is_healthy_with(service: Service, stored: int) -> None:
    """Check that the service takes one more ECG than these, that nothing failed, and stop it."""
    async with service.client() as user:
        assert len(await listed(user)) == stored
        answer = await user.post("/ecg", content=SMALL, headers=JSON_TYPE)
        assert answer.status_code == 201, answer.text
        assert len(await listed(user)) == stored + 1
    assert await service.stop() == 0
    assert "Traceback" not in service.written()


async def pending(service: Service, stack: AsyncExitStack, size: int) -> Wire:
    """Announce a body of this size; return once the service waits for it."""
    wire = await stack.enter_async_context(service.wire())
    await wire.send(head_of(content_length=size, expect="100-continue"))
    assert (await wire.answer()).status == 100
    return wire
