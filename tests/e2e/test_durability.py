"""kill -9 at any moment: what was acknowledged is there as it was sent, and nothing twice."""

import json
from pathlib import Path
from signal import SIGKILL, SIGTERM, Signals
from uuid import UUID

import pytest

from tests.e2e.service import (
    ADMIN,
    PASSWORD,
    SMALL,
    USER,
    Service,
    launch,
    listed,
    running,
)
from tests.torture.kills import SETTINGS, Kills
from tests.torture.recordings import SHORT, recording
from tests.torture.sender import unfinished

KILLS = 5


async def check_database(folder: Path) -> None:
    check = await launch(folder, "db", "check")
    assert await check.wait() == 0
    said = (folder / "log").read_text().splitlines()[-1]
    assert said.startswith("ecg.db: no problems; read ")


@pytest.mark.parametrize("seed", [20_261])
async def test_kills_lose_nothing_acknowledged_and_double_nothing(
    tmp_path: Path, seed: int
) -> None:
    kills, rounds = Kills(tmp_path, seed, sizes=SHORT), iter(range(KILLS))
    await kills.run(lambda: next(rounds, None) is not None)
    async with running(tmp_path, **SETTINGS) as service, service.client() as user:
        await kills.traffic.compare(service, again=True)
        assert await unfinished(user) == []
        assert await service.stop() == 0
    await check_database(tmp_path)
    ledger = kills.traffic.sender.ledger
    assert ledger.acknowledged > 10 * KILLS
    assert {201, 204, 422} <= set(ledger.statuses) <= {201, 204, 409, 422}


@pytest.mark.parametrize("number", [SIGTERM, SIGKILL], ids=lambda s: s.name)
async def test_a_restart_keeps_everything(tmp_path: Path, number: Signals) -> None:
    async with running(tmp_path) as service:
        keys = await fill(service)
        before = await everything(service, keys)
        await service.stop(number)
    async with running(tmp_path, admin_password="the second one") as service:
        assert await everything(service, keys) == before
        assert await status(service, ADMIN, "the second one") == 401
        async with service.client() as user:
            replayed = await user.post("/ecg", json=recording(1))
            assert replayed.headers["Idempotency-Replayed"] == "true"
            assert replayed.json()["ecg_id"] == keys[0]
    await check_database(tmp_path)


async def fill(service: Service) -> list[str]:
    """Register three users, one of whom is disabled, and let one send some ECGs."""
    for name in (USER, "bob", "gone"):
        await service.register(name)
    async with service.client(ADMIN) as admin, service.client() as user:
        await admin.patch("/users/gone", json={"disabled": True})
        answers = [await user.post("/ecg", json=recording(n)) for n in (1, 2, 3, 5, 6)]
        keys = [str(UUID(answer.json()["ecg_id"])) for answer in answers]
        assert await unfinished(user) == []
        return keys


async def everything(service: Service, keys: list[str]) -> list[object]:
    """Return all that can be read, and with it who may read."""
    async with service.client(ADMIN) as admin, service.client() as user:
        paths = [f"/ecg/{key}{what}" for key in keys for what in ("", "/insights", "/leads/0")]
        answers = [(await user.get(path)).content for path in paths]
        statuses = [await status(service, name) for name in (ADMIN, USER, "bob", "gone")]
        assert statuses == [200, 200, 200, 401]
        users = (await admin.get("/users")).content
        return [*answers, users, await listed(user, page_size=2)]


async def status(service: Service, name: str, password: str = PASSWORD) -> int:
    async with service.client(name, password) as user:
        return (await user.get("/users/me")).status_code


async def test_the_token_of_a_page_outlives_a_kill(tmp_path: Path) -> None:
    async with running(tmp_path) as service:
        keys = await fill(service)
        async with service.client() as user:
            page = (await user.get("/ecg", params={"page_size": 2})).json()
        await service.stop(SIGKILL)
    async with running(tmp_path) as service, service.client() as user:
        token = page["next_page_token"]
        rest = (await user.get("/ecg", params={"page_size": 10, "page_token": token})).json()
    assert [ecg["ecg_id"] for ecg in (*page["ecgs"], *rest["ecgs"])] == keys[::-1]


async def test_a_second_server_on_the_same_database_is_refused_and_harms_nothing(
    tmp_path: Path,
) -> None:
    async with running(tmp_path) as service, service.client() as user:
        await service.register()
        second = await launch(tmp_path, "serve", "--port", "0")
        assert await second.wait() == 69
        assert await service.has_logged("ecg.db is in use by a running service")
        answer = await user.post("/ecg", json=json.loads(SMALL))
        assert answer.status_code == 201
        assert await service.stop() == 0
    async with running(tmp_path) as service, service.client() as user:
        assert [ecg["ecg_id"] for ecg in await listed(user)] == [answer.json()["ecg_id"]]


async def test_a_killed_server_leaves_the_database_to_the_next_one_at_once(tmp_path: Path) -> None:
    async with running(tmp_path) as service:
        await service.register()
        await service.stop(SIGKILL)
    async with running(tmp_path) as service:
        assert await status(service, USER) == 200
