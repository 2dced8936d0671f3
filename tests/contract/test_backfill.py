from uuid import UUID

from msgspec.structs import replace

from ecg_service.domain.insights import InsightRecord, InsightState
from ecg_service.domain.stored import StoredEcg
from ecg_service.ports.store import Store
from tests.contract.builders import added, insights_of, new

PENDING, RUNNING, DONE, FAILED = InsightState


async def claimed(store: Store, *names: str) -> StoredEcg:
    """Add an ECG with these insights and claim it."""
    [claim] = await store.insights.claim(await added(store, new("ann", *names)), now=0)
    return claim


async def state(store: Store, claim: StoredEcg) -> list[InsightRecord]:
    return await insights_of(store, "ann", claim.ecg.id)


async def test_gives_a_new_insight_to_every_ecg(store: Store) -> None:
    ids = await added(store, *(new("ann") for _ in range(5)))
    made = [await store.insights.backfill("rr", 1, limit=2) for _ in range(4)]
    assert made == [2, 2, 1, 0]
    assert await store.insights.pending(limit=9) == ids
    assert await insights_of(store, "ann", ids[0]) == [InsightRecord(ids[0], "rr", 1)]


async def test_a_newer_version_starts_over(store: Store) -> None:
    claim = await claimed(store, "a", "b")
    a, b = claim.insights
    await store.insights.finish([replace(a, state=DONE, result=1), replace(b, state=FAILED)])
    assert await store.insights.backfill("a", 1, limit=9) == 0
    assert await store.insights.backfill("a", 2, limit=9) == 1
    assert await state(store, claim) == [
        InsightRecord(a.ecg_id, "a", 2),
        replace(b, state=FAILED),
    ]
    assert await store.insights.backfill("a", 2, limit=9) == 0


async def test_an_older_version_takes_nothing_back(store: Store) -> None:
    [one] = await added(store, new())
    await store.insights.backfill("a", 3, limit=9)
    assert await store.insights.backfill("a", 2, limit=9) == 0
    assert await insights_of(store, "ann", one) == [InsightRecord(one, "a", 3)]


async def test_a_run_of_the_older_version_does_not_finish(store: Store) -> None:
    claim = await claimed(store, "a")
    [a] = claim.insights
    assert await store.insights.backfill("a", 2, limit=9) == 1
    await store.insights.finish([replace(a, state=DONE)])
    assert await store.insights.release() == 0
    assert await state(store, claim) == [InsightRecord(a.ecg_id, "a", 2)]


async def test_sees_what_was_added_since_the_last_time(store: Store) -> None:
    late = [new(), new()]
    await added(store, new())
    assert await store.insights.backfill("a", 1, limit=9) == 1
    early = new(id=UUID(int=5))
    await added(store, early, *late)
    assert await store.insights.backfill("a", 1, limit=9) == 3
    assert await store.insights.backfill("a", 1, limit=9) == 0


async def test_passes_over_those_that_have_it(store: Store) -> None:
    have = [new("ann", "a") for _ in range(3)]
    lack = [new("bob", "b") for _ in range(3)]
    mixed = [one for pair in zip(have, lack, strict=True) for one in pair]
    await added(store, *mixed)
    assert await store.insights.backfill("a", 1, limit=2) == 2
    assert await store.insights.backfill("a", 1, limit=2) == 1
    assert await store.insights.backfill("a", 1, limit=0) == 0


async def test_goes_through_many(store: Store) -> None:
    await added(store, *(new("ann", "a", blob=b"") for _ in range(4_500)))
    [last] = await added(store, new())
    assert await store.insights.backfill("a", 1, limit=1) == 1
    assert await insights_of(store, "ann", last) == [InsightRecord(last, "a", 1)]
