"""The audit trail of a service with several workers, of which some are killed."""

import os
from collections import Counter
from collections.abc import Generator
from contextlib import nullcontext
from pathlib import Path
from signal import SIGKILL

import pytest

from ecg_service.bootstrap.stores import open_beside
from ecg_service.domain.audit.blocks import Entry, Link
from ecg_service.services.audit.reading import entries, verify
from ecg_service.settings import Settings, StoreSettings
from tests.e2e.service import launch, until
from tests.e2e.workers import Clients, are_gone, has_workers, together, workers_of
from tests.postgres import new_schema

POSTS = 60


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[str]:
    made = new_schema() if request.param == "postgres" else nullcontext(f"{tmp_path}/ecg.db")
    with made as place:
        yield place if request.param == "postgres" else f"sqlite:///{place}"


async def read(url: str, known: list[Link]) -> tuple[list[Link], list[Entry]]:
    """Return the heads and all rows, which are whole and have what was known before."""
    async with open_beside(Settings(store=StoreSettings(url))) as store:
        assert [one async for one in verify(store.audit, known)] == []
        return await store.audit.heads(), [one async for one in entries(store.audit)]


async def test_each_worker_has_a_chain_that_a_kill_leaves_whole(tmp_path: Path, url: str) -> None:
    async with together(tmp_path, audit="on", database_url=url) as service:
        await service.register()
        clients = Clients(service, again=True, anew=True)
        async with clients.busy():
            await until(lambda: clients.has_stored(POSTS))
            heads, _ = await read(url, [])
            killed = workers_of(service)[:-1]
            for pid in killed:
                os.kill(pid, SIGKILL)
            await until(lambda: are_gone(killed))
            goal = len(clients.stored) + POSTS
            await until(lambda: clients.has_stored(goal))
        await until(lambda: has_workers(service))
        heads, _ = await read(url, heads)
        assert await service.stop() == 0
    _, rows = await read(url, heads)
    created = [one for one in rows if one.event.action == "ecg.create"]
    assert len({one.chain for one in created}) > 1
    stored = Counter(one.event.object for one in created if one.event.outcome == "ok")
    assert stored == Counter(clients.stored.values())
    verified = await launch(tmp_path, "audit", "verify", database_url=url)
    assert await verified.wait() == 0
