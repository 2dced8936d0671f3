"""Redis servers: one that is there, which tests share and so never flush, and those that a test starts."""

import asyncio
import os
import shutil
import signal
import subprocess
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from ecg_service.adapters.postgres.engine.blocking import run
from ecg_service.adapters.redis.connection import LOST, make_session
from tests.processes import free_port

URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/1")
PATIENCE = 20.0


def require_redis() -> None:
    """Skip the test if there is no server; in CI that is a failure."""
    if reason := _missing():
        pytest.skip(f"needs Redis at {URL} (TEST_REDIS_URL): {reason}")


@cache
def _missing() -> str | None:
    try:
        run(ask("PING"))
    except LOST as error:
        return type(error).__name__
    return None


async def ask(*command: bytes | str | int, url: str = URL) -> Any:
    """Return the answer to a command, on a connection of its own."""
    session = make_session(url)
    try:
        async with asyncio.timeout(PATIENCE):
            await session.begin()
            return await session.ask(*command)
    finally:
        await session.end()


@dataclass
class OwnServer:
    """A server of a test's own, which it may do anything with."""

    folder: Path
    port: int
    password: str = ""
    certificate: Path | None = None
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        if self.certificate:
            return f"rediss://127.0.0.1:{self.port}?ssl_ca_certs={self.certificate}"
        return f"redis://:{self.password}@127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start it with what it saved last, and wait until it answers."""
        options = {"--bind": "127.0.0.1", "--save": "", "--dir": str(self.folder)}
        if self.password:
            options["--requirepass"] = self.password
        if self.certificate:
            options |= {"--port": "0", "--tls-port": str(self.port), "--tls-auth-clients": "no"}
            options |= dict.fromkeys(
                ("--tls-cert-file", "--tls-ca-cert-file"), str(self.certificate)
            )
            options["--tls-key-file"] = str(self.certificate.with_suffix(".key"))
        else:
            options["--port"] = str(self.port)
        self.process = subprocess.Popen(  # noqa: ASYNC220 - returns at once
            ["redis-server", *chain.from_iterable(options.items())],
            stdout=subprocess.DEVNULL,
        )
        async with asyncio.timeout(PATIENCE):
            while not await self._answers():  # noqa: ASYNC110 - it is a process
                await asyncio.sleep(0.01)

    async def _answers(self) -> bool:
        try:
            return await self.ask("PING") == b"PONG"
        except LOST:
            return False

    async def ask(self, *command: bytes | str | int) -> Any:
        return await ask(*command, url=self.url)

    def send(self, number: signal.Signals) -> None:
        assert self.process
        self.process.send_signal(number)

    def kill(self) -> None:
        """End it at once; it saves nothing."""
        assert self.process
        self.process.kill()
        self.process.wait()

    async def keys(self) -> list[bytes]:
        return sorted(await self.ask("KEYS", "*"))


@asynccontextmanager
async def own_server(
    folder: Path, *, password: str = "", certificate: Path | None = None
) -> AsyncGenerator[OwnServer]:
    """Run a server at a free port until the block ends."""
    if shutil.which("redis-server") is None:
        pytest.skip("needs redis-server, to start one for the test")
    server = OwnServer(folder, free_port(), password, certificate)
    await server.start()
    try:
        yield server
    finally:
        server.kill()
