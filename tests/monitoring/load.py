"""A service that is watched, and clients that do of everything something."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from tests.e2e.service import JSON_TYPE, Service, running
from tests.servers.prometheus import OwnPrometheus, own_prometheus

TOKEN = "prometheus-of-the-tests"
WORKERS = 2
GREEDY = "bob"


@asynccontextmanager
async def watched(
    folder: Path, every: str, quota: int, quota_seconds: int
) -> AsyncGenerator[tuple[Service, OwnPrometheus]]:
    """Serve with several workers, and let a Prometheus ask them so often."""
    settings = {"metrics_token": TOKEN, "quota_requests": quota, "quota_seconds": quota_seconds}
    async with running(folder, workers=WORKERS, **settings) as service:
        await service.register()
        await service.register(GREEDY)
        address = urlsplit(service.url).netloc
        with own_prometheus(address, TOKEN, every) as prometheus:
            yield service, prometheus


async def post_and_read(user: httpx.AsyncClient, document: bytes) -> None:
    """Store an ECG, read it, its insights, and one that is not there."""
    answer = await user.post("/ecg", content=document, headers=JSON_TYPE)
    if answer.status_code == 201:
        path = f"/ecg/{answer.json()['ecg_id']}"
        await user.get(path)
        await user.get(f"{path}/insights", headers={"Prefer": "wait=5"})
        await user.get("/ecg/nothing")


@asynccontextmanager
async def busy(service: Service, document: bytes, pause: float) -> AsyncGenerator[None]:
    """Let a user work during the block, with pauses, and one send as fast as it can what is refused."""

    async def work() -> None:
        async with service.client() as user:
            while True:
                await post_and_read(user, document)
                await asyncio.sleep(pause)

    async def be_greedy() -> None:
        async with service.client(GREEDY) as user:
            while True:
                await user.get("/users/me")
                await asyncio.sleep(pause / 10)

    clients = [asyncio.create_task(work()), asyncio.create_task(be_greedy())]
    try:
        yield
    finally:
        for client in clients:
            client.cancel()
        ended = await asyncio.gather(*clients, return_exceptions=True)
    failed = [one for one in ended if not isinstance(one, asyncio.CancelledError)]
    assert not failed, failed
