"""The servers under load, each a process of its own: `python -m benchmarks.servers NAME PORT`."""

import os
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx
import uvloop
from litestar import Litestar, Request, get, post

from benchmarks.slow_disk import SlowDisk
from benchmarks.workloads import SIZES, body
from ecg_service.bootstrap import bind, serve, stop_signals
from ecg_service.bootstrap.process import tune
from ecg_service.server import HttpServer
from ecg_service.settings import Settings, load

HOST, PORT = "127.0.0.1", int(os.environ.get("BENCH_PORT", "18080"))
URL = f"http://{HOST}:{PORT}"
ADMIN = ("admin", "benchmark-admin")
USER = ("bench", "benchmark-user")
PATIENCE = 20.0
SLOW = "SYNC_SECONDS"
"""The variable that says how long a sync of the slow disk takes."""
NONE: Mapping[str, str] = MappingProxyType({})


async def empty(settings: Settings, port: int) -> None:
    """Serve a Litestar handler that reads the body and does nothing with it."""

    @post("/ecg")
    async def read(request: Request[Any, Any, Any]) -> None:
        await request.body()

    @get("/health/live")
    async def live() -> None:
        return None

    await _serve([read, live], settings, port)


async def _serve(handlers: list[Any], settings: Settings, port: int) -> None:
    app = Litestar(
        handlers,
        openapi_config=None,
        logging_config=None,
        request_max_body_size=settings.edge.max_body_bytes,
    )
    with stop_signals() as stop:
        tune()
        await HttpServer(app, settings).serve(bind(HOST, port), stop, lambda: None)


async def ready(settings: Settings, port: int) -> None:
    """Serve a Litestar handler that answers with the ECG of 12 x 5,000 ready-made."""
    answer = body(SIZES["12 x 5,000"])

    @get(["/ecg", "/health/live"], media_type="application/json")
    async def read() -> bytes:
        return answer

    await _serve([read], settings, port)


async def service(settings: Settings, port: int) -> None:
    """Serve the service as `ecg serve` does."""
    with stop_signals() as stop:
        await serve(settings, bind(HOST, port), stop)


async def slow(settings: Settings, port: int) -> None:
    """Serve the service on a slow disk."""
    disk = SlowDisk(float(os.environ[SLOW]))
    await service(settings, port)
    del disk  # from here on


@contextmanager
def running(
    name: str, cpu: int, database: Path | None, settings: Mapping[str, str] = NONE
) -> Generator[int]:
    """Run one of the above on one core, with a user registered if it knows users; yield its PID."""
    environment = {
        **os.environ,
        **settings,
        "ECG_ADMIN_USERNAME": ADMIN[0],
        "ECG_ADMIN_PASSWORD": ADMIN[1],
    }
    if database is not None:
        environment["ECG_DATABASE_URL"] = f"sqlite:///{database}"
    command = [sys.executable, "-m", "benchmarks.servers", name, str(PORT)]
    process = subprocess.Popen(command, env=environment)
    pin(process.pid, cpu)
    try:
        _wait_until_live(process)
        if database is not None:
            _register()
        yield process.pid
    finally:
        process.terminate()
        process.wait(PATIENCE)


def pin(pid: int, cpu: int) -> None:
    """Keep a process on one core, where the system can (Linux)."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(pid, {cpu})


def _wait_until_live(process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            httpx.get(f"{URL}/health/live", trust_env=False)
        except httpx.ConnectError:
            time.sleep(0.05)
        else:
            return
    msg = "the server did not start"
    raise RuntimeError(msg)


def _register() -> None:
    account = {"username": USER[0], "password": USER[1]}
    answer = httpx.post(f"{URL}/users", json=account, auth=ADMIN, timeout=PATIENCE, trust_env=False)
    if answer.status_code != HTTPStatus.CONFLICT:  # registered before, in the same database
        answer.raise_for_status()


if __name__ == "__main__":
    servers = {"empty": empty, "ready": ready, "service": service, "slow": slow}
    uvloop.run(servers[sys.argv[1]](load(), int(sys.argv[2])))
