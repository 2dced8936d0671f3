"""Several processes, here several stores, with one database."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, suppress

import pytest

from ecg_service.adapters.postgres import Limits, PostgresStore
from ecg_service.adapters.postgres.engine.engine import Engine
from ecg_service.adapters.postgres.engine.sql import Connection, PostgresError
from ecg_service.domain.errors import StorageUnavailable, Unauthenticated
from ecg_service.domain.insights import InsightState
from ecg_service.domain.principal import Principal
from ecg_service.domain.stored import StoredEcg
from ecg_service.ports.store import StoreStatistics
from tests.contract.builders import added, ecgs_of, insights_of, new, user


@pytest.fixture
async def stores(url: str) -> AsyncGenerator[list[PostgresStore]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(PostgresStore.open(url)) for _ in range(4)]


def named(number: int) -> StoredEcg:
    name = str(number)
    return new("ann", client_id=name, key=name, fingerprint=b"same")


async def test_what_many_send_at_once_is_stored_once(stores: list[PostgresStore]) -> None:
    orders = [range(20), range(19, -1, -1), range(10, 30), range(29, 9, -1)]
    batches = [[named(number) for number in order] for order in orders]
    answers = await asyncio.gather(
        *(store.ecgs.add_many(batch) for store, batch in zip(stores, batches, strict=True))
    )
    by_name: dict[str | None, set[object]] = {}
    for batch, found in zip(batches, answers, strict=True):
        for one, answer in zip(batch, found, strict=True):
            by_name.setdefault(one.key, set()).add(answer)
    assert {len(ids) for ids in by_name.values()} == {1}
    stored = {ecg.id for ecg in await ecgs_of(stores[0], "ann")}
    assert {next(iter(ids)) for ids in by_name.values()} == stored
    assert len(stored) == 30


async def test_no_insight_is_claimed_by_two(stores: list[PostgresStore]) -> None:
    ids = await added(stores[0], *(new("ann", "a", "b") for _ in range(40)))
    now = await stores[0].insights.now()
    claims = await asyncio.gather(*(store.insights.claim(ids, now=now) for store in stores))
    claimed = [(r.ecg_id, r.name) for some in claims for one in some for r in one.insights]
    assert len(claimed) == len({*claimed}) == 80


async def test_who_is_disabled_while_they_send_has_sent_before_or_not_at_all(
    stores: list[PostgresStore],
) -> None:
    await stores[0].users.add(user("ann"))
    ann = Principal.of(await stores[0].users.get("ann"))

    async def send(store: PostgresStore) -> int:
        answers = await store.ecgs.add_many([new("ann", sender=ann)])
        return sum(not isinstance(answer, Unauthenticated) for answer in answers)

    async def disable() -> int:
        await stores[3].users.update("ann", disabled=True)
        return len(await ecgs_of(stores[3], "ann"))

    sending = [send(store) for _ in range(5) for store in stores[:3]]
    stored_then, *sent = await asyncio.gather(disable(), *sending)
    assert len(await ecgs_of(stores[0], "ann")) == sum(sent) == stored_then


async def test_what_a_process_left_running_is_released_and_what_runs_elsewhere_is_not(
    url: str,
) -> None:
    async with PostgresStore.open(url) as living, PostgresStore.open(url) as fresh:
        async with PostgresStore.open(url) as ending:
            left, runs = await added(living, new("ann", "a"), new("ann", "a"))
            now = await living.insights.now()
            await ending.insights.claim([left], now=now)
            await living.insights.claim([runs], now=now)
            assert await fresh.insights.release() == 0
        async with asyncio.timeout(10):  # the server notices that the connection is gone
            while not await fresh.insights.release():  # noqa: ASYNC110 - it is a process
                await asyncio.sleep(0.01)
        states = [(await insights_of(living, "ann", one))[0].state for one in (left, runs)]
        assert states == [InsightState.PENDING, InsightState.RUNNING]
        assert await fresh.insights.release(claimed_before=now + 1) == 1


async def test_a_backfill_passes_over_nothing_that_is_stored_beside_it(
    stores: list[PostgresStore],
) -> None:
    async def fill() -> int:
        for _ in range(10):
            await added(stores[0], new())
        return 0

    async def backfill(store: PostgresStore) -> int:
        return sum([await store.insights.backfill("a", 1, limit=3) for _ in range(10)])

    made = await asyncio.gather(fill(), *(backfill(store) for store in stores[1:]))
    made.append(await stores[0].insights.backfill("a", 1, limit=99))
    assert sum(made) == 10
    assert len(await stores[0].insights.pending(limit=99)) == 10


async def test_what_the_server_rolls_back_is_not_done(url: str) -> None:
    async def fail(connection: Connection) -> None:
        with suppress(PostgresError):
            await connection.execute("SELECT 1 / 0")

    async with Engine.opened(url, Limits()) as engine:
        with pytest.raises(StorageUnavailable, match="rolled the transaction back"):
            await engine.write(fail)
        assert engine.statistics().commits == 0


async def test_each_counts_its_own_commits(stores: list[PostgresStore]) -> None:
    one, other, *_ = stores
    assert one.statistics() == StoreStatistics()
    for _ in range(3):
        await added(one, new())
    assert [store.statistics().commits for store in (one, other)] == [3, 0]
