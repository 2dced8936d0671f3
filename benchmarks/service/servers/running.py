"""What runs under load: how each server is started, and with which user."""

import base64
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType

import httpx

from benchmarks.service.servers import peers
from benchmarks.service.servers.apps import HOST
from benchmarks.service.servers.processes import PATIENCE, SERVER_CPU, process

ADMIN = ("admin", "benchmark-admin")
USER = ("bench", "benchmark-user")
AUTHORIZATION = "Basic " + base64.b64encode(":".join(USER).encode()).decode()
NONE: Mapping[str, str] = MappingProxyType({})
LATER = MappingProxyType(
    {
        "ECG_CHEAP_INSIGHT_PERCENT": "0",
        "ECG_INSIGHT_PERCENT": "1",
        "ECG_INSIGHT_DELAY_SECONDS": "3600",
        "ECG_MAX_BACKLOG_SECONDS": "86400",
    }
)
"""Settings that leave all insights for later."""


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers."""

    pid: int
    port: int

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"


Command = Callable[[Path, int], Sequence[str]]


def _app(name: str) -> Command:
    module = "benchmarks.service.servers.apps"
    return lambda _, port: [sys.executable, "-m", module, name, str(port)]


def _slow(_: Path, port: int) -> Sequence[str]:
    module = "benchmarks.service.servers.slow_disk"
    return [sys.executable, "-m", module, "serve", "--host", HOST, "--port", str(port)]


def _serve(_: Path, port: int) -> Sequence[str]:
    return [sys.executable, "-m", "ecg_service", "serve", "--host", HOST, "--port", str(port)]


COMMANDS: Mapping[str, Command] = {
    "empty": _app("empty"),
    "service": _app("service"),
    "serve": _serve,
    "slow": _slow,
    "plain": peers.plain,
    "axum": peers.axum,
}


@contextmanager
def running(
    name: str,
    database: Path,
    settings: Mapping[str, str] = NONE,
    *,
    cpus: AbstractSet[int] = frozenset({SERVER_CPU}),
) -> Generator[Running]:
    """Run a server on its cores and a free port, with a user registered."""
    port = _free_port()
    environment = {
        "ECG_ADMIN_USERNAME": ADMIN[0],
        "ECG_ADMIN_PASSWORD": ADMIN[1],
        "ECG_DATABASE_URL": f"sqlite:///{database}",
        **peers.environment(database, ":".join(USER), AUTHORIZATION),
        **settings,
    }
    command, logs = COMMANDS[name](database, port), name in {"serve", "slow"}
    with process(command, environment, cpus, logs=logs) as started:
        server = Running(started.pid, port)
        _wait_until_live(server, started)
        if name in {"service", "serve", "slow"}:
            _register(server)
        yield server


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as listener:
        return listener.getsockname()[1]


def _wait_until_live(server: Running, started: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and started.poll() is None:
        try:
            httpx.get(f"{server.url}/health/live", trust_env=False)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    msg = "the server did not start"
    raise RuntimeError(msg)


def _register(server: Running) -> None:
    account = {"username": USER[0], "password": USER[1]}
    url = f"{server.url}/users"
    answer = httpx.post(url, json=account, auth=ADMIN, timeout=PATIENCE, trust_env=False)
    if answer.status_code != HTTPStatus.CONFLICT:  # registered before, in the same database
        answer.raise_for_status()
