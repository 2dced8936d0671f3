"""Several workers are one service: to those who ask, when one dies, and when all end."""

import json
import os
import random
import shutil
from collections.abc import Generator
from contextlib import AsyncExitStack
from pathlib import Path
from signal import SIGHUP, SIGINT, SIGKILL, SIGTERM, Signals

import pytest

from tests.e2e.service import (
    ADMIN,
    JSON_TYPE,
    SMALL,
    EndedEarly,
    Service,
    launch,
    listed,
    pending,
    running,
    until,
)
from tests.e2e.workers import (
    CLIENTS,
    WORKERS,
    Clients,
    are_gone,
    has_workers,
    is_said,
    together,
    workers_of,
)
from tests.postgres import new_schema
from tests.redis import own_server

KILLS = 5


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> Generator[str]:
    if request.param == "sqlite":
        yield "sqlite:///ecg.db"
    else:
        with new_schema() as made:
            yield made


async def check(service: Service, clients: Clients) -> None:
    """Check that what was acknowledged is there, once, and nothing else."""
    async with service.client() as user:
        assert sorted(ecg["ecg_id"] for ecg in await listed(user)) == sorted(
            clients.stored.values()
        )


async def test_workers_agree_on_users_ecgs_and_insights(tmp_path: Path, url: str) -> None:
    settings = {"database_url": url, "cheap_insight_percent": 0, "credential_recheck_seconds": 0.05}
    async with together(tmp_path, **settings) as service:
        await service.register()
        ids = [await one_post(service) for _ in range(4 * WORKERS)]
        for ecg_id in ids:
            async with service.client() as user:  # a connection, so perhaps a worker, of its own
                path, headers = f"/ecg/{ecg_id}/insights", {"Prefer": "wait=30"}
                found = (await user.get(path, headers=headers)).json()["insights"]
            assert {one["state"] for one in found.values()} == {"done"}
        async with service.client(ADMIN) as admin:
            assert (await admin.patch("/users/ann", json={"disabled": True})).status_code == 200

        async def is_refused_everywhere() -> bool:
            return {await status(service) for _ in range(4 * WORKERS)} == {401}

        await until(is_refused_everywhere)
        assert await service.stop() == 0


async def one_post(service: Service) -> str:
    async with service.client() as user:
        answer = await user.post("/ecg", content=SMALL, headers=JSON_TYPE)
        assert answer.status_code == 201, answer.text
        return answer.json()["ecg_id"]


async def status(service: Service) -> int:
    async with service.client() as user:
        return (await user.get("/ecg")).status_code


async def test_a_worker_that_is_killed_is_replaced_and_loses_nothing(
    tmp_path: Path, url: str
) -> None:
    chance = random.Random(1)
    async with together(tmp_path, database_url=url) as service:
        await service.register()
        clients = Clients(service, again=True)
        async with clients.busy():
            for _ in range(KILLS):
                await kill_one(service, clients, chance)
        await check(service, clients)
        assert await service.stop() == 0


async def kill_one(service: Service, clients: Clients, chance: random.Random) -> None:
    """Kill a worker, and return when there is another, and more is stored."""
    before, victim = len(clients.stored), chance.choice(workers_of(service))
    os.kill(victim, SIGKILL)
    await until(lambda: are_gone([victim]))
    await until(lambda: clients.has_stored(before + CLIENTS))
    await until(lambda: has_workers(service))


async def test_workers_end_with_their_supervisor_and_lose_nothing(tmp_path: Path, url: str) -> None:
    async with together(tmp_path, database_url=url) as service:
        await service.register()
        clients, pids = Clients(service, again=False), workers_of(service)
        async with clients.busy():
            await until(lambda: clients.has_stored(10 * CLIENTS))
        assert await service.stop(SIGKILL) == -SIGKILL
        await until(lambda: are_gone(pids))
    async with together(tmp_path, database_url=url) as service:
        await check(service, clients)


async def test_a_hang_up_replaces_every_worker_and_refuses_nothing(
    tmp_path: Path, url: str
) -> None:
    async with together(tmp_path, database_url=url) as service:
        await service.register()
        clients, before = Clients(service, again=False), {*workers_of(service)}
        async with clients.busy():
            await until(lambda: clients.has_stored(CLIENTS))
            service.send_signal(SIGHUP)
            await until(lambda: are_gone([*before]))
            await until(lambda: has_workers(service))
        await check(service, clients)
        assert await service.stop() == 0
    assert "has died" not in service.written()


@pytest.mark.parametrize("number", [SIGTERM, SIGINT], ids=lambda s: s.name)
async def test_a_signal_lets_all_workers_answer_what_they_have_begun(
    tmp_path: Path, number: Signals
) -> None:
    async with together(tmp_path) as service, AsyncExitStack() as stack:
        await service.register()
        wires = [await pending(service, stack, len(SMALL)) for _ in range(4 * WORKERS)]
        service.send_signal(number)
        await until(service.refuses)
        for wire in wires:
            await wire.send(SMALL)
        answers = [await wire.answer() for wire in wires]
        assert [answer.status for answer in answers] == [201] * len(wires)
        assert len({json.loads(answer.body)["ecg_id"] for answer in answers}) == len(wires)
        assert await service.ended() == 0
    assert "all workers have stopped" in service.written()


async def test_a_worker_that_cannot_start_leaves_the_others(tmp_path: Path) -> None:
    async with together(tmp_path) as service:
        before = workers_of(service)
        (tmp_path / "ecg.toml").write_text("[edge]\nmax_body_bytes = 0\n")
        service.send_signal(SIGHUP)
        await until(lambda: is_said(tmp_path, "cannot start: exit code 78"))
        assert workers_of(service) == before
        assert await service.is_ready()


async def test_workers_take_the_credentials_that_a_file_has_by_now(tmp_path: Path) -> None:
    """Those of servers behind may live as shortly as whoever writes the file likes."""
    file = tmp_path / "cache-url"
    async with own_server(tmp_path, password="first") as redis:
        file.write_text(redis.url)
        async with together(tmp_path, cache_url_file=file) as service:
            await until(lambda: is_said(tmp_path, "is reached", WORKERS))
            before = {*workers_of(service)}
            await redis.ask("CONFIG", "SET", "requirepass", "second")
            redis.password = "second"
            file.write_text(redis.url)
            service.send_signal(SIGHUP)
            await until(lambda: are_gone([*before]))
            await until(lambda: is_said(tmp_path, "is reached", 2 * WORKERS))
            assert await service.stop() == 0
    assert "cannot be reached" not in service.written()


async def test_workers_open_the_database_that_is_put_in_the_place_of_theirs(tmp_path: Path) -> None:
    async with together(tmp_path) as service:
        await service.register()
        await one_post(service)
        await service.stop()
    shutil.copy(tmp_path / "ecg.db", tmp_path / "copy")
    async with together(tmp_path) as service:
        await one_post(service)
        (tmp_path / "copy").rename(tmp_path / "ecg.db")
        await until(lambda: is_said(tmp_path, "started anew"))
        await until(lambda: is_said(tmp_path, "serving at", 3 * WORKERS))
        await one_post(service)
        async with service.client() as user:
            assert len(await listed(user)) == 2


async def test_one_process_is_all_that_serves_from_memory(tmp_path: Path) -> None:
    with pytest.raises(EndedEarly, match="memory://"):
        async with running(tmp_path, workers=2, database_url="memory://"):
            pass
    command = await launch(
        tmp_path, "serve", "--port", "0", "--workers", "2", "--database-url", "memory://"
    )
    assert await command.wait() == 78


async def test_a_second_service_is_refused(tmp_path: Path) -> None:
    async with together(tmp_path):
        command = await launch(tmp_path, "serve", "--port", "0", "--workers", "2")
        assert await command.wait() == 69
        assert "in use by a running service" in (tmp_path / "log").read_text()
