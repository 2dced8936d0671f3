import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import pytest

from ecg_service.actors import Actor, ActorPool
from ecg_service.adapters.memory import MemoryStore
from ecg_service.adapters.memory.ecgs import MemoryEcgs
from ecg_service.adapters.sqlite import SqliteDatabase, SqliteStore
from ecg_service.domain.errors import Overloaded, StorageUnavailable
from ecg_service.services.health import Health
from ecg_service.services.in_flight import MEMORY_PER_BYTE, BodiesInFlight
from tests.contract.builders import added, new

HOUR = 3600.0
ASKED = 20


@dataclass
class Probed(MemoryEcgs):
    """Counts how often it is probed, and fails as long as it is told to."""

    fails: bool = False
    probes: int = 0

    async def ping(self) -> None:
        self.probes += 1
        await asyncio.sleep(0)
        if self.fails:
            raise StorageUnavailable


@pytest.fixture
async def pool() -> AsyncGenerator[ActorPool[Any, Any]]:
    async with ActorPool[Any, Any](lambda: cast("Any", None), size=1, capacity=1) as running:
        yield running


async def ready(health: Health) -> bool:
    try:
        await health.check()
    except StorageUnavailable:
        return False
    return True


async def test_a_service_is_ready_while_its_pool_runs(store: MemoryStore) -> None:
    pool: ActorPool[Any, Any] = ActorPool(lambda: cast("Any", None), size=1, capacity=1)
    health = Health(pool, BodiesInFlight(max_bytes=1), store)
    with pytest.raises(Overloaded):
        await health.check()
    async with pool:
        assert await health.check() == "pass"
    with pytest.raises(Overloaded):
        await health.check()


class Stuck(Actor[int, int]):
    """Answers nothing until it is cancelled."""

    async def handle(self, batch: Sequence[int], /) -> Sequence[int]:
        del batch
        await asyncio.Event().wait()
        return []


LOADS = {0: "pass", 79: "pass", 80: "warn", 94: "warn", 95: "fail", 100: "fail"}


async def status(health: Health) -> str:
    try:
        return await health.check()
    except Overloaded:
        return "fail"


@pytest.mark.parametrize("load", LOADS)
async def test_readiness_tells_how_full_the_room_for_bodies_is(
    store: MemoryStore, load: int
) -> None:
    in_flight = BodiesInFlight(max_bytes=100 * MEMORY_PER_BYTE)
    async with ActorPool(Stuck, size=1, capacity=100, drain_timeout=0) as pool:
        with in_flight.admit("ann", load):
            assert await status(Health(pool, in_flight, store)) == LOADS[load]


@pytest.mark.parametrize("load", LOADS)
async def test_readiness_tells_how_full_the_mailbox_is(store: MemoryStore, load: int) -> None:
    async with ActorPool(Stuck, size=1, capacity=100, drain_timeout=0) as pool:
        for _ in range(load):
            pool.tell(0)
        health = Health(pool, BodiesInFlight(max_bytes=1), store)
        assert await status(health) == LOADS[load]


async def test_a_service_is_not_ready_while_its_store_fails(
    pool: ActorPool[Any, Any], tmp_path: Path
) -> None:
    database = SqliteDatabase(tmp_path / "ecg.db")
    database.migrate()
    async with database.open() as store:
        pass
    with pytest.raises(StorageUnavailable, match="closed"):
        await Health(pool, BodiesInFlight(max_bytes=1), store).check()


@pytest.mark.parametrize("fails", [False, True])
async def test_one_probe_answers_all(
    pool: ActorPool[Any, Any], store: MemoryStore, *, fails: bool
) -> None:
    ecgs = Probed(fails)
    health = Health(pool, BodiesInFlight(max_bytes=1), replace(store, ecgs=ecgs), fresh=HOUR)
    answers = await asyncio.gather(*(ready(health) for _ in range(ASKED)))
    answers += [await ready(health) for _ in range(ASKED)]
    assert (set(answers), ecgs.probes) == ({not fails}, 1)


async def test_an_answer_that_is_not_fresh_is_found_anew(
    pool: ActorPool[Any, Any], store: MemoryStore
) -> None:
    ecgs = Probed()
    health = Health(pool, BodiesInFlight(max_bytes=1), replace(store, ecgs=ecgs), fresh=0)
    for ecgs.fails in (False, True, False):
        assert await ready(health) is not ecgs.fails
    assert ecgs.probes == 3


async def test_of_those_who_wait_another_probes_when_the_first_goes_away(
    pool: ActorPool[Any, Any], store: MemoryStore
) -> None:
    ecgs = Probed()
    health = Health(pool, BodiesInFlight(max_bytes=1), replace(store, ecgs=ecgs), fresh=HOUR)
    first, second = (asyncio.create_task(ready(health)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert await second
    assert ecgs.probes == 2


async def test_a_commit_answers_too(pool: ActorPool[Any, Any], tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "ecg.db")
    database.migrate()
    async with database.open() as store:
        assert isinstance(store, SqliteStore)
        failing = replace(store, ecgs=Probed(fails=True))
        health = Health(pool, BodiesInFlight(max_bytes=1), failing, fresh=HOUR)
        assert not await ready(health)
        await added(store, new())
        for _ in range(ASKED):
            assert await ready(health)
        assert store.statistics().commits == 1
