import asyncio
import time
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest

from ecg_service.actors import Actor, ActorPool
from ecg_service.adapters.cache import CachedStore
from ecg_service.adapters.memory import MemoryStore
from ecg_service.adapters.memory.ecgs import MemoryEcgs
from ecg_service.adapters.memory.insights import MemoryInsights
from ecg_service.adapters.redis.limits import CallLimits
from ecg_service.adapters.redis.quotas import RedisCounts
from ecg_service.adapters.sqlite import Limits, SqliteStore, migrate
from ecg_service.domain.errors import StorageFull, StorageUnavailable
from ecg_service.domain.quotas import Quota
from ecg_service.ports.insights import InsightQueue, QueueStatistics
from ecg_service.ports.store import FailedWrite, Store, StoreStatistics
from ecg_service.services.health import Health
from ecg_service.services.in_flight import MEMORY_PER_BYTE, BodiesInFlight
from ecg_service.services.insights.backlog import Backlog
from ecg_service.services.quotas import Quotas, SharedQuotas
from tests.clock import at_once
from tests.contract.builders import added, new, user
from tests.processes import free_port
from tests.redis import own_server

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


class Hints(InsightQueue):
    """A queue that says whether it reaches a broker."""

    def __init__(self, reaches: bool | None) -> None:  # noqa: FBT001
        self._reaches = reaches

    def put(self, ecg_ids: Iterable[UUID]) -> None:
        raise NotImplementedError

    def statistics(self) -> QueueStatistics:
        return QueueStatistics(0, 1, reaches_broker=self._reaches)


@pytest.fixture
async def pool() -> AsyncGenerator[ActorPool[Any, Any]]:
    async with ActorPool[Any, Any](lambda: cast("Any", None), size=1, capacity=1) as running:
        yield running


@asynccontextmanager
async def opened(folder: Path, limits: Limits | None = None) -> AsyncGenerator[SqliteStore]:
    """Open a new database in this folder."""
    path = folder / "ecg.db"
    migrate(path)
    async with SqliteStore.open(path, limits or Limits()) as store:
        yield store


def health_of(
    pool: ActorPool[Any, Any],
    store: Store,
    in_flight: BodiesInFlight | None = None,
    *,
    age: float = 0,
    fresh: float = 0,
) -> Health:
    """Return the health of a service whose oldest insight is so many seconds old, of at most 75."""
    backlog = Backlog(MemoryInsights({}), max_seconds=100)
    backlog.age = age
    return Health(pool, in_flight or BodiesInFlight(max_bytes=1), backlog, store, fresh=fresh)


async def ready(health: Health) -> bool:
    return await status(health) != "fail"


async def test_a_service_is_ready_while_its_pool_runs(store: MemoryStore) -> None:
    pool: ActorPool[Any, Any] = ActorPool(lambda: cast("Any", None), size=1, capacity=1)
    health = health_of(pool, store)
    assert await failing(health) == ["ingest:stopped"]
    async with pool:
        assert await status(health) == "pass"
    assert await failing(health) == ["ingest:stopped"]


class Stuck(Actor[int, int]):
    """Answers nothing until it is cancelled."""

    async def handle(self, batch: Sequence[int], /) -> Sequence[int]:
        del batch
        await asyncio.Event().wait()
        return []


LOADS = {0: "pass", 79: "pass", 80: "warn", 94: "warn", 95: "fail", 100: "fail"}


async def status(health: Health) -> str:
    return (await health.look()).status


async def failing(health: Health) -> list[str]:
    return [check.name for check in (await health.look()).checks if check.status == "fail"]


@pytest.mark.parametrize("load", LOADS)
async def test_readiness_tells_how_full_the_room_for_bodies_is(
    store: MemoryStore, load: int
) -> None:
    in_flight = BodiesInFlight(max_bytes=100 * MEMORY_PER_BYTE)
    async with ActorPool(Stuck, size=1, capacity=100, drain_timeout=0) as pool:
        with in_flight.admit("ann", load):
            assert await status(health_of(pool, store, in_flight)) == LOADS[load]


@pytest.mark.parametrize(("load", "expected"), [(39, "pass"), (94, "warn"), (95, "fail")])
async def test_readiness_tells_how_full_the_mailbox_is(
    store: MemoryStore, load: int, expected: str
) -> None:
    async with ActorPool(Stuck, size=1, capacity=100, drain_timeout=0) as pool:
        for _ in range(load):
            pool.tell(0)
        assert await status(health_of(pool, store)) == expected


@pytest.mark.parametrize("load", LOADS)
async def test_readiness_tells_how_late_the_insights_are(store: MemoryStore, load: int) -> None:
    async with ActorPool(Stuck, size=1, capacity=1, drain_timeout=0) as pool:
        assert await status(health_of(pool, store, age=load * 0.75)) == LOADS[load]


async def test_readiness_warns_while_the_cache_cannot_be_reached(
    store: MemoryStore, pool: ActorPool[Any, Any]
) -> None:
    url = f"redis://127.0.0.1:{free_port()}"
    async with CachedStore.open(store, url) as cached:
        report = await health_of(pool, cached).look()
        assert [check.name for check in report.checks if check.status == "warn"] == [
            "cache:reachable"
        ]
    assert await status(health_of(pool, store)) == "pass"


@pytest.mark.parametrize("reaches", [None, True, False])
async def test_readiness_warns_while_the_broker_cannot_be_reached(
    store: MemoryStore, pool: ActorPool[Any, Any], *, reaches: bool | None
) -> None:
    backlog = Backlog(MemoryInsights({}), max_seconds=100)
    health = Health(pool, BodiesInFlight(max_bytes=1), backlog, store, Hints(reaches), fresh=0)
    warned = [check.name for check in (await health.look()).checks if check.status == "warn"]
    assert warned == (["broker:reachable"] if reaches is False else [])


@pytest.mark.parametrize("kills", [False, True])
async def test_readiness_warns_while_the_redis_of_the_quotas_cannot_be_reached(
    tmp_path: Path, store: MemoryStore, pool: ActorPool[Any, Any], *, kills: bool
) -> None:
    backlog = Backlog(MemoryInsights({}), max_seconds=100)
    async with own_server(tmp_path) as redis:
        if kills:
            redis.kill()
        async with RedisCounts.opened(redis.url, CallLimits()) as counts:
            shared = SharedQuotas(Quota(requests=1), counts)
            health = Health(pool, BodiesInFlight(max_bytes=1), backlog, store, quotas=shared)
            found = {check.name: check.status for check in (await health.look()).checks}
    assert found["quotas:reachable"] == ("warn" if kills else "pass")


async def test_quotas_that_are_counted_here_have_no_check(
    store: MemoryStore, pool: ActorPool[Any, Any]
) -> None:
    backlog = Backlog(MemoryInsights({}), max_seconds=100)
    quotas = Quotas(Quota(requests=1))
    health = Health(pool, BodiesInFlight(max_bytes=1), backlog, store, quotas=quotas)
    report = await health.look()
    assert report.status == "pass"
    assert not [check for check in report.checks if check.name.startswith("quotas")]


async def test_who_is_about_to_stop_is_not_ready_and_probes_nothing(
    pool: ActorPool[Any, Any], store: MemoryStore
) -> None:
    ecgs, stops = Probed(), False
    health = health_of(pool, replace(store, ecgs=ecgs))
    health.is_draining = lambda: stops
    assert await status(health) == "pass"
    stops = True
    assert await failing(health) == ["service:draining"]
    assert ecgs.probes == 1


@pytest.mark.parametrize(("waiting", "expected"), [(39, "pass"), (40, "warn"), (50, "warn")])
def test_readiness_warns_before_one_user_is_refused_who_would_wait_too_long(
    waiting: int, expected: str
) -> None:
    async def scenario() -> tuple[str, bool]:
        async with (
            MemoryStore.open() as store,
            ActorPool(
                Stuck,
                size=1,
                capacity=1000,
                batch=10,
                sender=lambda _: "ann",
                max_expected_wait=10,
                drain_timeout=0,
            ) as pool,
        ):
            pool.tell(0)
            await asyncio.sleep(1)
            for _ in range(waiting):
                pool.tell(0)
            return await status(health_of(pool, store)), pool.has_room("ann")

    assert at_once(scenario()) == (expected, waiting < 50)


async def test_a_service_is_not_ready_while_its_store_fails(
    pool: ActorPool[Any, Any], tmp_path: Path
) -> None:
    async with opened(tmp_path) as store:
        pass
    *_, last, failed = (await health_of(pool, store).look()).checks
    assert (last.name, last.status) == ("store:write", "fail")
    assert (failed.name, failed.status) == ("store:failed-write", "warn")
    assert last.output == failed.output == "StorageUnavailable: the store is closed"


@pytest.mark.parametrize("fails", [False, True])
async def test_one_probe_answers_all(
    pool: ActorPool[Any, Any], store: MemoryStore, *, fails: bool
) -> None:
    ecgs = Probed(fails)
    health = health_of(pool, replace(store, ecgs=ecgs), fresh=HOUR)
    answers = await asyncio.gather(*(ready(health) for _ in range(ASKED)))
    answers += [await ready(health) for _ in range(ASKED)]
    assert (set(answers), ecgs.probes) == ({not fails}, 1)


async def test_an_answer_that_is_not_fresh_is_found_anew(
    pool: ActorPool[Any, Any], store: MemoryStore
) -> None:
    ecgs = Probed()
    health = health_of(pool, replace(store, ecgs=ecgs), fresh=0)
    for ecgs.fails in (False, True, False):
        assert await ready(health) is not ecgs.fails
    assert ecgs.probes == 3


async def test_an_answer_is_fresh_for_a_second(
    pool: ActorPool[Any, Any], store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, ecgs, probes = [0.0], Probed(), list[int]()
    fake = SimpleNamespace(monotonic=lambda: clock[0])
    monkeypatch.setattr("ecg_service.services.health.time", fake)
    backlog, probed = Backlog(MemoryInsights({}), max_seconds=100), replace(store, ecgs=ecgs)
    checked = Health(pool, BodiesInFlight(max_bytes=1), backlog, probed)
    for clock[0] in (0.0, 0.9, 1.1, 1.9, 2.2):
        await checked.look()
        probes.append(ecgs.probes)
    assert probes == [1, 1, 2, 2, 3]


async def test_of_those_who_wait_another_probes_when_the_first_goes_away(
    pool: ActorPool[Any, Any], store: MemoryStore
) -> None:
    ecgs = Probed()
    health = health_of(pool, replace(store, ecgs=ecgs), fresh=HOUR)
    first, second = (asyncio.create_task(ready(health)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert await second
    assert ecgs.probes == 2


async def test_an_ecg_that_is_stored_answers_too(pool: ActorPool[Any, Any], tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        failing = replace(store, ecgs=Probed(fails=True))
        health = health_of(pool, failing, fresh=HOUR)
        assert not await ready(health)
        await added(store, new())
        for _ in range(ASKED):
            assert await ready(health)
        assert store.statistics().commits == 1


async def test_a_write_that_failed_after_a_commit_is_told_until_another_succeeds(
    pool: ActorPool[Any, Any], tmp_path: Path
) -> None:
    async with opened(tmp_path, Limits(max_bytes=4 * 1024 * 1024)) as store:
        health = health_of(pool, store, fresh=HOUR)
        await added(store, new(blob=bytes(3_000_000)))
        assert await status(health) == "pass"
        with pytest.raises(StorageFull):
            await added(store, new(blob=bytes(3_000_000)))
        assert await failing(health) == ["store:write"]
        await store.insights.release()  # of which there are none: that writes nothing
        assert await failing(health) == ["store:write"]
        await store.users.add(user("bob"))  # for which there is room
        assert await failing(health) == ["store:write"]
        await added(store, new())
        assert await status(health) == "warn"
        *_, failed = (await health.look()).checks
        assert failed.output == "StorageFull: the disk is full"


async def test_a_write_that_failed_is_told_of_for_a_minute(
    pool: ActorPool[Any, Any], tmp_path: Path
) -> None:
    async with opened(tmp_path) as store:
        for seconds, told in ((59, "warn"), (60, "pass")):
            failed = FailedWrite(time.monotonic() - seconds, "why")
            statistics = partial(StoreStatistics, last_failure=failed)
            assert await status(health_of(pool, replace(store, statistics=statistics))) == told


async def test_a_write_whose_turn_does_not_come_is_no_failure_of_the_store(
    pool: ActorPool[Any, Any], tmp_path: Path
) -> None:
    async with opened(tmp_path) as store:
        await store.ecgs.ping()
        with pytest.raises(StorageUnavailable, match="took too long"):
            await store.ecgs.add_read(lambda: [new()], until=time.monotonic())
        assert await status(health_of(pool, store, fresh=HOUR)) == "pass"
