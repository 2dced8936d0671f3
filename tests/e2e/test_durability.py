"""kill -9 at any moment: what was acknowledged is there as it was sent, and nothing twice."""

import asyncio
import itertools
import json
import logging
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from signal import SIGKILL, SIGTERM, Signals
from typing import Literal
from uuid import UUID

import httpx
import pytest

from tests.e2e.service import (
    ADMIN,
    PASSWORD,
    SMALL,
    USER,
    Json,
    Service,
    crossings_of,
    launch,
    listed,
    noise,
    running,
)

logger = logging.getLogger(__name__)

KILLS = 7
SENDERS = 12
SETTINGS = {"sweep_seconds": 0.2}
BASELINE = 7

Kind = Literal["plain", "with id", "refused"]


def kind_of(number: int) -> Kind:
    if number % 9 == 4:
        return "refused"
    return "with id" if number % 2 else "plain"


@cache
def recording(number: int) -> Json:
    """Make the ECG of this number, always the same; some are large, the refused ones wrong."""
    chance = random.Random(number)
    size = chance.choice((1, 2, 3, 40, 400, 400, 4000, 20_000))
    leads = [lead(chance, f"{number}/{n}", size) for n in range(1 + number % 3)]
    if kind_of(number) == "refused":
        leads[-1]["num_samples"] = size + 1
    return {"leads": leads} | ({"id": f"id {number}"} if kind_of(number) == "with id" else {})


def lead(chance: random.Random, name: str, size: int) -> Json:
    return {"name": name, "signal": noise(chance, size), "baseline": chance.choice((0, BASELINE))}


def number_of(ecg: Json) -> int:
    return int(ecg["leads"][0]["name"].partition("/")[0])


@dataclass
class Ledger:
    """What was sent, and what became of it."""

    numbers: Iterator[int] = field(default_factory=itertools.count)
    unanswered: set[int] = field(default_factory=set[int])
    refused: set[int] = field(default_factory=set[int])
    acknowledged: dict[int, str] = field(default_factory=dict[int, str])
    kill_at: int = 0
    kill: Callable[[], object] = lambda: None

    async def send(self, user: httpx.AsyncClient, number: int) -> httpx.Response:
        """Send an ECG, for the first time or again, and note the answer."""
        body = recording(number)
        self.unanswered.add(number)
        answer = await user.post("/ecg", json=body)
        self.unanswered.discard(number)
        self._note(number, answer)
        return answer

    def _note(self, number: int, answer: httpx.Response) -> None:
        if kind_of(number) == "refused":
            assert answer.status_code == 422, answer.text
            self.refused.add(number)
            return
        assert answer.status_code == 201, answer.text
        key = answer.json()["ecg_id"]
        assert self.acknowledged.setdefault(number, key) == key
        if len(self.acknowledged) == self.kill_at:
            self.kill()


async def send_until_killed(ledger: Ledger, user: httpx.AsyncClient) -> None:
    try:
        while True:
            await ledger.send(user, next(ledger.numbers))
    except httpx.TransportError:
        return


async def kill_while_sending(service: Service, ledger: Ledger, chance: random.Random) -> None:
    """Kill the service some acknowledgements from now, on the spot or a moment later."""
    more, later = chance.randint(10, 70), chance.choice((0, 0, chance.random() / 50))
    kill = partial(service.send_signal, SIGKILL)
    ledger.kill = partial(asyncio.get_running_loop().call_later, later, kill) if later else kill
    ledger.kill_at = len(ledger.acknowledged) + more
    async with service.client() as user, asyncio.TaskGroup() as senders:
        for _ in range(SENDERS):
            senders.create_task(send_until_killed(ledger, user))
        assert await service.ended() == -SIGKILL
    logger.warning("killed %.1f ms after acknowledgement %d", later * 1000, ledger.kill_at)


async def send_again(user: httpx.AsyncClient, ledger: Ledger) -> None:
    """Retry what was not answered, twice at once; only with an id is that safe."""
    for number in sorted(n for n in ledger.unanswered if kind_of(n) == "with id"):
        answers = await asyncio.gather(*(ledger.send(user, number) for _ in range(2)))
        assert len({answer.json()["ecg_id"] for answer in answers}) == 1
        assert any("Idempotency-Replayed" in answer.headers for answer in answers)


async def check_all_is_there(user: httpx.AsyncClient, ledger: Ledger) -> None:
    """Compare the list of ECGs with the ledger."""
    numbers = {ecg["ecg_id"]: number_of(ecg) for ecg in await listed(user)}
    times = Counter(numbers.values())
    assert set(times.values()) == {1}
    assert not times.keys() & ledger.refused
    assert numbers.items() >= {key: number for number, key in ledger.acknowledged.items()}.items()
    assert times.keys() - ledger.acknowledged.keys() <= ledger.unanswered


async def check_content(user: httpx.AsyncClient, number: int, key: str) -> None:
    """Compare every sample and every count with what was sent."""
    sent, found = recording(number), (await user.get(f"/ecg/{key}")).json()
    assert found.get("id") == sent.get("id")
    for before, after in zip(sent["leads"], found["leads"], strict=True):
        assert after["signal"] == before["signal"]
        crossings = crossings_of(before["signal"], before["baseline"])
        assert after == {**before, "num_samples": len(before["signal"])} | {
            "zero_crossings": crossings
        }


async def check_insights(user: httpx.AsyncClient, key: str) -> None:
    """Wait until the insights of an ECG are done."""
    path, wait = f"/ecg/{key}/insights", {"Prefer": "wait=30"}
    insights = (await user.get(path, headers=wait)).json()["insights"]
    states = {name: insight["state"] for name, insight in insights.items()}
    assert states == {"statistics": "done", "zero_crossings": "done"}


async def check_content_of(user: httpx.AsyncClient, acknowledged: dict[int, str]) -> None:
    for number, key in acknowledged.items():
        await check_content(user, number, key)


async def check_database(folder: Path) -> None:
    check = await launch(folder, "db", "check")
    assert await check.wait() == 0
    assert (folder / "log").read_text().endswith("ecg.db: no problems\n")


@pytest.mark.parametrize("seed", [20_261])
async def test_kills_lose_nothing_acknowledged_and_double_nothing(
    tmp_path: Path, seed: int
) -> None:
    ledger, chance = Ledger(), random.Random(seed)
    logger.warning("seed %d", seed)
    async with running(tmp_path, **SETTINGS) as service:
        await service.register()
        await kill_while_sending(service, ledger, chance)
    checked = dict[int, str]()
    for _ in range(KILLS):
        async with running(tmp_path, **SETTINGS) as service:
            async with service.client() as user:
                await check_all_is_there(user, ledger)
                await send_again(user, ledger)
                await check_all_is_there(user, ledger)
                new = dict(ledger.acknowledged.items() - checked.items())
                await check_content_of(user, new)
                checked |= new
            await kill_while_sending(service, ledger, chance)
    async with running(tmp_path, **SETTINGS) as service, service.client() as user:
        await send_again(user, ledger)
        await check_all_is_there(user, ledger)
        await check_content_of(user, ledger.acknowledged)
        for ecg in await listed(user):
            await check_insights(user, ecg["ecg_id"])
        assert await service.stop() == 0
    await check_database(tmp_path)
    assert len(ledger.acknowledged) > 10 * KILLS
    assert ledger.refused


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
        for key in keys:
            await check_insights(user, key)
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
