import asyncio
from uuid import UUID

from msgspec.structs import replace

from ecg_service.domain.insights import InsightRecord, InsightState
from ecg_service.domain.stored import StoredEcg
from ecg_service.ports.insights import Unfinished
from ecg_service.ports.store import Store
from tests.contract.builders import added, ecg_id, insights_of, new

PENDING, RUNNING, DONE, FAILED = InsightState
NOON, LATER = 1_000, 2_000


async def claimed(store: Store, *names: str) -> StoredEcg:
    """Add an ECG with these insights and claim it."""
    [claim] = await store.insights.claim(await added(store, new("ann", *names)), now=NOON)
    return claim


async def state(store: Store, claim: StoredEcg) -> list[InsightRecord]:
    return await insights_of(store, "ann", claim.ecg.id)


# Pending.


async def test_finds_pending_ecgs_once_each_oldest_first(store: Store) -> None:
    ids = await added(store, new("ann", "a", "b"), new("bob", "a"), new(), new("ann", "b"))
    pending = [ids[0], ids[1], ids[3]]
    assert await store.insights.pending(limit=9) == pending
    assert await store.insights.pending(limit=2) == pending[:2]
    assert await store.insights.pending(limit=9, since=ids[1]) == pending[1:]
    assert await store.insights.pending(limit=1, since=ids[2]) == pending[2:]


async def test_only_pending_counts_as_pending(store: Store) -> None:
    one = new()
    states = (RUNNING, DONE, FAILED)
    records = [InsightRecord(one.ecg.id, s.value, 1, s) for s in states]
    await added(store, replace(one, insights=tuple(records)))
    assert await store.insights.pending(limit=9) == []
    assert await store.insights.claim([one.ecg.id], now=NOON) == []


# Claim.


async def test_a_claim_holds_the_ecg_with_its_samples_and_what_to_compute(store: Store) -> None:
    one = new("ann", "b", "a", blob=b"samples")
    ids = await added(store, one)
    [claim] = await store.insights.claim(ids, now=NOON)
    assert (claim.ecg, claim.blob) == (one.ecg, one.blob)
    assert claim.insights == tuple(InsightRecord(ids[0], n, 1, RUNNING, 1) for n in ("a", "b"))
    assert await state(store, claim) == list(claim.insights)


async def test_claims_in_the_order_asked_and_leaves_out_the_rest(store: Store) -> None:
    ids = await added(store, new("ann", "a"), new("bob", "a"), new())
    wanted = [ids[1], ecg_id(), ids[2], ids[0], ids[1]]
    claims = await store.insights.claim(wanted, now=NOON)
    assert [claim.ecg.id for claim in claims] == [ids[1], ids[0]]
    assert await store.insights.claim(wanted, now=NOON) == []
    assert await store.insights.claim([], now=NOON) == []


async def test_a_claim_takes_pending_insights_only(store: Store) -> None:
    claim = await claimed(store, "a", "b")
    a, b = claim.insights
    await store.insights.finish([replace(a, state=DONE), replace(b, state=PENDING)])
    [again] = await store.insights.claim([a.ecg_id], now=LATER)
    assert again.insights == (replace(b, attempts=2),)


async def test_unfinished_ones_are_counted_by_state(store: Store) -> None:
    assert await store.insights.unfinished() == Unfinished()
    [one] = await added(store, new("ann", "a", "b"))
    await added(store, new("bob", "a"))
    assert await store.insights.unfinished() == Unfinished(pending=3)
    [claim] = await store.insights.claim([one], now=NOON)
    assert await store.insights.unfinished() == Unfinished(pending=1, running=2)
    a, b = claim.insights
    await store.insights.finish([replace(a, state=DONE), replace(b, state=InsightState.FAILED)])
    assert await store.insights.unfinished() == Unfinished(pending=1)


async def test_two_claimers_never_get_the_same(store: Store) -> None:
    ids = await added(store, *(new("ann", "a", "b") for _ in range(40)))
    orders = [ids, ids[::-1], ids[20:] + ids[:20], ids]
    answers = await asyncio.gather(*(store.insights.claim(o, now=NOON) for o in orders))
    got = [claim.ecg.id for claims in answers for claim in claims]
    assert sorted(got) == sorted(ids)


async def test_deleted_ecgs_cannot_be_claimed(store: Store) -> None:
    [one] = await added(store, new("ann", "a"))
    await store.ecgs.delete("ann", one)
    assert await store.insights.claim([one], now=NOON) == []


async def cut_short(store: Store, *names: str) -> UUID:
    """Add an ECG whose insights of these names were running when the process died."""
    claim = await claimed(store, *names)
    await store.insights.release()
    return claim.ecg.id


async def test_what_was_cut_short_runs_by_itself(store: Store) -> None:
    suspect = await cut_short(store, "a", "b")
    [healthy] = await added(store, new("ann", "a"))
    [left, claim] = await store.insights.claim([suspect, healthy], now=NOON)
    assert (left.ecg.id, left.insights) == (suspect, ())
    assert [record.name for record in claim.insights] == ["a"]
    for name in ("a", "b"):
        [alone] = await store.insights.claim([suspect], now=NOON)
        assert [record.name for record in alone.insights] == [name]
    assert await store.insights.claim([suspect], now=NOON) == []


async def test_an_insight_runs_before_one_of_its_ecg_that_was_cut_short(store: Store) -> None:
    suspect = await cut_short(store, "a")
    await store.insights.backfill("b", 1, limit=9)
    names = [
        [record.name for record in claim.insights]
        for _ in range(2)
        for claim in await store.insights.claim([suspect], now=NOON)
    ]
    assert names == [["b"], ["a"]]


# Finish.


async def test_stores_outcomes(store: Store) -> None:
    claim = await claimed(store, "a", "b", "c")
    a, b, c = claim.insights
    outcomes = [
        replace(a, state=DONE, result={"count": [1, 2]}),
        replace(b, state=FAILED, error="no beats"),
        replace(c, state=PENDING, error="cut short"),
    ]
    await store.insights.finish(outcomes)
    assert await state(store, claim) == outcomes
    assert await store.insights.pending(limit=9) == [a.ecg_id]


async def test_only_running_insights_finish(store: Store) -> None:
    claim = await claimed(store, "a")
    [a] = claim.insights
    await store.insights.finish([replace(a, state=DONE, result=1)])
    await store.insights.finish([replace(a, state=FAILED, error="too late")])
    assert await state(store, claim) == [replace(a, state=DONE, result=1)]


async def test_a_run_of_another_version_does_not_finish(store: Store) -> None:
    claim = await claimed(store, "a")
    [a] = claim.insights
    await store.insights.finish([replace(a, version=2, state=DONE)])
    assert await state(store, claim) == [a]


async def test_a_run_that_was_claimed_anew_does_not_finish(store: Store) -> None:
    first = await claimed(store, "a")
    await store.insights.release(claimed_before=LATER)
    [second] = await store.insights.claim([first.ecg.id], now=LATER)
    await store.insights.finish([replace(first.insights[0], state=DONE, result="stale")])
    assert await state(store, first) == list(second.insights)
    done = replace(second.insights[0], state=DONE, result="fresh")
    await store.insights.finish([done])
    assert await state(store, first) == [done]


async def test_a_released_run_does_not_finish(store: Store) -> None:
    claim = await claimed(store, "a")
    [a] = claim.insights
    await store.insights.release(claimed_before=LATER)
    await store.insights.finish([replace(a, state=DONE)])
    assert await state(store, claim) == [replace(a, state=PENDING, cut_short=1)]


async def test_what_is_gone_does_not_keep_others_from_finishing(store: Store) -> None:
    gone, claim = await claimed(store, "a"), await claimed(store, "a")
    await store.ecgs.delete("ann", gone.ecg.id)
    unknown = InsightRecord(claim.ecg.id, "never asked for", 1, DONE, 1)
    done = replace(claim.insights[0], state=DONE)
    await store.insights.finish([replace(gone.insights[0], state=DONE), unknown, done])
    assert await state(store, claim) == [done]
    await store.insights.finish([])


# Release.


async def test_the_time_of_the_store_goes_on(store: Store) -> None:
    moments = [await store.insights.now() for _ in range(3)]
    assert moments == sorted(moments)
    [one] = await added(store, new("ann", "a"))
    await store.insights.claim([one], now=await store.insights.now())
    assert await store.insights.release(claimed_before=moments[0]) == 0
    assert await store.insights.release(claimed_before=await store.insights.now() + 1) == 1


async def test_releases_runs_begun_earlier(store: Store) -> None:
    one, two = await added(store, new("ann", "a", "b"), new("ann", "a"))
    await store.insights.claim([one], now=NOON)
    await store.insights.claim([two], now=NOON + 1)
    assert await store.insights.release(claimed_before=NOON) == 0
    assert await store.insights.release(claimed_before=NOON + 1) == 2
    assert await store.insights.pending(limit=9) == [one]
    assert [r.attempts for r in await insights_of(store, "ann", one)] == [1, 1]
    assert await store.insights.release(claimed_before=LATER) == 1
    assert await store.insights.release(claimed_before=LATER) == 0


async def test_releases_everything_however_late_it_was_claimed(store: Store) -> None:
    ids = await added(store, new("ann", "a"), new("ann", "a"))
    for one, moment in zip(ids, (0, 2**62), strict=True):
        await store.insights.claim([one], now=moment)
    assert await store.insights.release() == 2
    assert await store.insights.pending(limit=9) == ids


async def test_a_run_that_was_cut_short_is_counted_apart_from_one_that_failed(
    store: Store,
) -> None:
    claim = await claimed(store, "a")
    await store.insights.release()
    [again] = await store.insights.claim([claim.ecg.id], now=LATER)
    [a] = again.insights
    assert (a.attempts, a.failures, a.cut_short) == (2, 0, 1)
    await store.insights.finish([a.failed("no beats", max_attempts=2)])
    failed = replace(a, state=PENDING, error="no beats", failures=1)
    assert await state(store, claim) == [failed]


async def test_releases_only_what_runs(store: Store) -> None:
    claim = await claimed(store, "a", "b")
    a, b = claim.insights
    finished = [replace(a, state=DONE), replace(b, state=FAILED)]
    await store.insights.finish(finished)
    assert await store.insights.release(claimed_before=LATER) == 0
    assert await state(store, claim) == finished
