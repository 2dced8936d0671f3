"""Services as processes of their own behind one cache: what is answered, and what is not."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.service import JSON_TYPE, SMALL, Service, running, until
from tests.postgres import new_schema
from tests.redis import OwnServer, own_server

SECRET = "never-to-be-logged"


@dataclass
class Two:
    """Two services with one database and one cache."""

    services: list[Service]
    users: Sequence[httpx.AsyncClient]
    server: OwnServer

    async def post(self) -> str:
        """Post an ECG, and wait until its insights are done."""
        answer = await self.users[0].post("/ecg", content=SMALL, headers=JSON_TYPE)
        ecg_id = answer.json()["ecg_id"]
        await self.users[0].get(f"/ecg/{ecg_id}/insights", headers={"Prefer": "wait=30"})
        return ecg_id

    async def answers(self, ecg_id: str) -> list[list[tuple[int, Any]]]:
        """Return what each answers to each kind of read."""
        paths = (f"/ecg/{ecg_id}", f"/ecg/{ecg_id}?signals=false", f"/ecg/{ecg_id}/insights")
        found = [[await user.get(path) for path in paths] for user in self.users]
        return [[(one.status_code, one.json()) for one in of_user] for of_user in found]


@pytest.fixture
async def two(tmp_path: Path) -> AsyncGenerator[Two]:
    async with AsyncExitStack() as stack:
        url = stack.enter_context(new_schema())
        server = await stack.enter_async_context(own_server(tmp_path, password=SECRET))
        services: list[Service] = []
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            services.append(
                await stack.enter_async_context(
                    running(tmp_path / name, database_url=url, cache_url=server.url)
                )
            )
        await services[0].register()
        users = [await stack.enter_async_context(one.client()) for one in services]
        yield Two(services, users, server)
        for one in services:
            assert await one.stop() == 0
            assert SECRET not in one.written()


async def test_both_answer_from_it_and_neither_what_is_deleted(two: Two) -> None:
    ecg_id = await two.post()
    first, second = await two.answers(ecg_id)
    assert first == second
    assert await two.answers(ecg_id) == [first, first]
    assert len(await two.server.keys()) == 2
    assert b"keyspace_hits:0" not in await two.server.ask("INFO", "stats")
    assert (await two.users[1].delete(f"/ecg/{ecg_id}")).status_code == 204
    assert [one[0][0] for one in await two.answers(ecg_id)] == [404, 404]


async def test_without_it_all_goes_on(two: Two) -> None:
    ecg_id, deleted = await two.post(), await two.post()
    expected = await two.answers(ecg_id)
    await two.answers(deleted)
    two.server.kill()
    assert await two.answers(ecg_id) == expected
    assert (await two.users[0].delete(f"/ecg/{deleted}")).status_code == 204
    assert [one[0][0] for one in await two.answers(deleted)] == [404, 404]
    ready = [await user.get("/health/ready") for user in two.users]
    assert [(one.status_code, one.json()["status"]) for one in ready] == [(200, "warn")] * 2
    later = await two.post()
    await two.server.start()

    async def is_ready() -> bool:
        found = await asyncio.gather(*(user.get("/health/ready") for user in two.users))
        return all(one.json()["status"] == "pass" for one in found)

    await until(is_ready)
    for _ in range(2):
        assert await two.answers(ecg_id) == expected
        assert [one[0][0] for one in await two.answers(deleted)] == [404, 404]
        assert [one[0][0] for one in await two.answers(later)] == [200, 200]


async def test_workers_answer_from_it_too(tmp_path: Path) -> None:
    async with (
        own_server(tmp_path) as server,
        running(tmp_path, workers=2, cache_url=server.url) as service,
    ):
        await service.register()
        async with service.client() as user:
            answer = await user.post("/ecg", content=SMALL, headers=JSON_TYPE)
            path = f"/ecg/{answer.json()['ecg_id']}"
            await user.get(f"{path}/insights", headers={"Prefer": "wait=30"})

        async def status() -> int:
            async with service.client() as user:  # a new connection, to whichever worker
                return (await user.get(path)).status_code

        assert {await status() for _ in range(10)} == {200}
        assert len(await server.keys()) == 2
        async with service.client() as user:
            assert (await user.delete(path)).status_code == 204
        assert {await status() for _ in range(10)} == {404}
        assert await server.keys() == []
