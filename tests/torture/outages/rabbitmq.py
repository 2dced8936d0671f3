"""D9, D10: the broker fails, or the workers that compute insights do."""

import asyncio
import random
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from signal import SIGCONT, SIGSTOP, SIGTERM
from typing import Any

from tests.e2e.service import launch, running
from tests.proxy import proxying
from tests.servers.rabbitmq import OwnRabbitMQ
from tests.torture.kills import SETTINGS
from tests.torture.outages.proxied import Proxied
from tests.torture.outages.struck import PATIENT, Struck
from tests.torture.place import Place

STRIKES = 8
WORKERS = 2


@dataclass
class Failing(Proxied):
    """A broker, those who work for it, and what may become of them."""

    server: OwnRabbitMQ
    queue: str
    folder: Path
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])
    workers: list[Process] = field(default_factory=list[Process])

    @asynccontextmanager
    async def worked(self, settings: Mapping[str, Any]) -> AsyncGenerator[None]:
        """Run workers, which are killed at the end of the block."""
        self.settings = settings
        for _ in range(WORKERS):
            await self._start_worker()
        try:
            yield
        finally:
            for worker in self.workers:
                worker.kill()
                await worker.wait()

    async def _start_worker(self) -> None:
        self.workers.append(await launch(self.folder, "worker", **self.settings))

    async def kill_worker(self) -> None:
        worker = self.workers.pop(self.chance.randrange(WORKERS))
        assert worker.returncode is None
        worker.kill()
        await worker.wait()
        await self._start_worker()

    async def kill(self) -> None:
        await asyncio.to_thread(self.server.process.kill)
        await asyncio.to_thread(self.server.start)

    async def restart(self) -> None:
        await asyncio.to_thread(self.server.process.stop, SIGTERM)
        await asyncio.to_thread(self.server.start)

    async def hang(self) -> None:
        self.server.process.send(SIGSTOP)
        await self.pause()
        self.server.process.send(SIGCONT)

    async def fill(self) -> None:
        """Leave it no memory, so that it takes nothing from those who publish."""
        await asyncio.to_thread(self.server.limit_memory, "0.00001")
        await self.pause()
        await asyncio.to_thread(self.server.limit_memory, "0.4")

    async def delete_queue(self) -> None:
        await asyncio.to_thread(self.server.delete, self.queue)

    async def wedge_queue(self) -> None:
        """Leave the queue there and without an answer, as a kill at the wrong moment does."""
        await asyncio.to_thread(self.server.suspend, self.queue)
        await self.cut_all()


Kind = Callable[[Failing], Awaitable[None]]
BROKER: Sequence[Kind] = (
    Failing.kill,
    Failing.restart,
    Failing.hang,
    Failing.fill,
    Failing.delete_queue,
    Failing.wedge_queue,
    Failing.cut_all,
    Failing.stall,
    Failing.slow_down,
)
WORKER: Sequence[Kind] = (Failing.kill_worker, Failing.kill_worker, Failing.cut_all, Failing.kill)


@asynccontextmanager
async def failing(place: Place) -> AsyncGenerator[tuple[Failing, Mapping[str, Any]]]:
    """Make a queue that may fail; the settings are for services and workers."""
    server = place.servers.rabbitmq
    queue = f"chaos.{place.folder.name}"
    async with proxying("127.0.0.1", server.port) as proxy:
        settings = {
            "tasks": "celery",
            "broker_url": f"amqp://127.0.0.1:{proxy.listening}",
            "broker_queue": queue,
            "cheap_insight_percent": 0,
        }
        folder = place.folder / "workers"
        folder.mkdir()
        yield Failing(proxy, random.Random(place.seed), server, queue, folder), settings


async def round_of(
    place: Place, kinds: Sequence[Kind] = (), among: Sequence[Kind] = BROKER
) -> Counter[str]:
    """D9, D10: let them fail in these ways, or in some that are drawn; ingest goes on."""
    with place.servers.postgres.database() as url:
        async with failing(place) as (rabbitmq, broker):
            settings = {**SETTINGS, **PATIENT, "sweep_seconds": 1, "database_url": url, **broker}
            async with running(place.folder, **settings) as service, rabbitmq.worked(settings):
                await service.register()
                kinds = kinds or rabbitmq.chance.choices(among, k=STRIKES)
                struck = Struck.at(place, service)
                strikes = [partial(one, rabbitmq) for one in kinds]
                return await struck.by(strikes, without_errors=True)
