"""Run a cluster on this machine, with a job: `just cluster`.

Two services and two workers, over the PostgreSQL, Redis and RabbitMQ that TEST_POSTGRES_URL,
TEST_REDIS_URL and TEST_RABBITMQ_URL name, with a schema, keys and a queue of their own. The demo
runs against them, more ECGs are sent to one service and read from the other, and all of them stop.
"""

import asyncio
import re
import sys
import tempfile
from asyncio.subprocess import Process
from collections.abc import Sequence
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from pathlib import Path
from signal import SIGTERM
from typing import Any

import click
import httpx
import pytest

from ecg_service.cli.console import show_table
from ecg_service.cli.demo.client import send_and_show
from ecg_service.cli.demo.example import example_ecg
from ecg_service.cli.exits import Failed
from tests import rabbitmq, redis
from tests.e2e.service import ADMIN, JSON_TYPE, PASSWORD, Service, launch, running, until
from tests.postgres import new_schema

ECGS = 10
SERVICES = WORKERS = ("one", "two")
COMPUTED = re.compile(r"stopped after (\d+) ECGs")


@dataclass
class Worker:
    """A process that computes insights."""

    process: Process
    log: Path

    async def has_begun(self) -> bool:
        return "computing what" in self.log.read_text()

    def computed(self) -> str:
        """Say what its log says, once it has stopped."""
        found = COMPUTED.search(self.log.read_text())
        return f"insights of {found[1]} ECGs" if found else "nothing that its log tells"


async def cluster(folder: Path, settings: dict[str, Any]) -> bool:
    """Run it; return whether all of it ended in order."""
    async with AsyncExitStack() as stack:
        services = [
            await stack.enter_async_context(running(_made(folder / f"service {name}"), **settings))
            for name in SERVICES
        ]
        workers = [await _working(folder / f"worker {name}", settings, stack) for name in WORKERS]
        for worker in workers:
            await until(worker.has_begun)
        async with services[0].client(None) as client:
            await send_and_show(client, (ADMIN, PASSWORD))
        await services[0].register()
        done = await _cross(services)
        codes = [await service.stop() for service in services]
        for worker in workers:
            worker.process.send_signal(SIGTERM)
        codes += [await worker.process.wait() for worker in workers]
    _show([*done, *(worker.computed() for worker in workers)], codes)
    return not any(codes)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


async def _working(folder: Path, settings: dict[str, Any], stack: AsyncExitStack) -> Worker:
    process = await launch(_made(folder), "worker", **settings)

    async def end() -> None:
        if process.returncode is None:
            process.kill()
        await process.wait()

    stack.push_async_callback(end)
    return Worker(process, folder / "log")


async def _cross(services: Sequence[Service]) -> list[str]:
    """Send ECGs to each service, and read them from the other, with their insights."""
    async with services[0].client() as one, services[1].client() as two:
        for _ in range(ECGS):
            for sender, reader in ((one, two), (two, one)):
                await _send_and_read(sender, reader)
    return [f"{ECGS} ECGs stored, {ECGS} of the other's read twice"] * 2


async def _send_and_read(sender: httpx.AsyncClient, reader: httpx.AsyncClient) -> None:
    answer = await sender.post("/ecg", content=example_ecg(), headers=JSON_TYPE)
    path = f"/ecg/{answer.raise_for_status().json()['ecg_id']}"
    answer = await reader.get(f"{path}/insights", headers={"Prefer": "wait=30"})
    states = {insight["state"] for insight in answer.raise_for_status().json()["insights"].values()}
    if states != {"done"}:
        raise Failed(f"insights are {states}")
    for _ in range(2):
        (await reader.get(path)).raise_for_status()


def _show(done: Sequence[str], codes: Sequence[int]) -> None:
    names = [f"service {name}" for name in SERVICES] + [f"worker {name}" for name in WORKERS]
    show_table(("process", "did", "exit code"), zip(names, done, codes, strict=True))


def main() -> int:
    with ExitStack() as stack:
        try:
            redis.require_redis()
            url, broker = (
                stack.enter_context(new_schema()),
                stack.enter_context(rabbitmq.new_queue()),
            )
        except pytest.skip.Exception as reason:
            click.echo(f"Cannot run a cluster: it {reason}", err=True)
            return 69
        settings = {
            "database_url": url,
            "cache_url": redis.URL,
            "cache_seconds": 60,  # of entries nothing else is left
            "tasks": "celery",
            "broker_url": rabbitmq.URL,
            "broker_queue": broker.queue,
            "cheap_insight_percent": 0,  # all insights are left to the workers
        }
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ecg-cluster-")))
        return int(not asyncio.run(cluster(folder, settings)))


if __name__ == "__main__":
    sys.exit(main())
