"""What is found behind a cache, by several processes, here stores."""

import asyncio
from dataclasses import replace as changed

import pytest
from msgspec.structs import replace

from ecg_service.adapters.cache import CachedStore
from ecg_service.adapters.memory import MemoryStore
from ecg_service.domain.errors import DamagedEcg, EcgNotFound
from ecg_service.domain.insights import InsightState
from ecg_service.domain.stored import StoredEcg
from ecg_service.ports.core import PackedBlob
from ecg_service.ports.ecgs import Names
from tests.contract.builders import added, insights_of, new, reads
from tests.redis import OwnServer
from tests.unit.adapters.cache.conftest import LIMITS
from tests.unit.adapters.cache.stores import Slow, cached, counts, gone, until


async def test_what_one_has_read_the_other_finds(one: CachedStore, other: CachedStore) -> None:
    [ecg_id] = await added(one, new(blob=b"packed"))
    stored = await one.ecgs.get("ann", ecg_id)
    assert counts(one) == (0, 1, 0)
    assert await other.ecgs.get("ann", ecg_id) == stored
    assert await other.ecgs.read("ann", ecg_id, lambda s, blob: (s, blob.read(1, 3))) == (
        replace(stored, blob=b""),
        b"ac",
    )
    assert counts(other) == (2, 0, 0)
    head = replace(stored, blob=b"")
    assert await one.ecgs.get("ann", ecg_id, samples=False) == head
    assert await other.ecgs.get("ann", ecg_id, samples=False) == head
    assert counts(other) == (3, 0, 0)
    found = other.statistics().cache
    assert found is not None
    assert found.hits == 3


async def test_an_entry_has_all_insights_and_a_read_those_it_asks_for(one: CachedStore) -> None:
    [ecg_id] = await added(one, new("ann", "a", "b"))
    [claim] = await one.insights.claim([ecg_id], now=1)
    done = [replace(record, state=InsightState.DONE, result=[1]) for record in claim.insights]
    await one.insights.finish(done)

    async def names(names: Names) -> list[list[str]]:
        found = [
            await one.ecgs.get("ann", ecg_id, insights=names),
            await one.ecgs.get("ann", ecg_id, samples=False, insights=names),
            await one.ecgs.read("ann", ecg_id, lambda stored, _: stored, insights=names),
        ]
        return [[record.name for record in one.insights] for one in found]

    assert await names(["b"]) == [["b"]] * 3
    assert await names(()) == [[]] * 3
    assert await names(None) == [["a", "b"]] * 3
    assert counts(one) == (7, 2, 0)


async def test_nobody_finds_what_is_not_theirs(one: CachedStore) -> None:
    [ecg_id] = await added(one, new("ann"))
    await one.ecgs.get("ann", ecg_id)
    for read in reads(one):
        with pytest.raises(EcgNotFound):
            await read("bob", ecg_id)


async def test_what_is_deleted_is_found_by_nobody(
    one: CachedStore, other: CachedStore, server: OwnServer
) -> None:
    [ecg_id] = await added(one, new("ann"))
    for store in (one, other):
        await asyncio.gather(*(read("ann", ecg_id) for read in reads(store)))
    assert len(await server.keys()) == 2
    await other.ecgs.delete("ann", ecg_id)
    assert await server.keys() == []
    await gone(one, ecg_id)
    await gone(other, ecg_id)


async def test_an_insight_that_settles_is_found_at_once(
    one: CachedStore, other: CachedStore
) -> None:
    [ecg_id] = await added(one, new("ann", "a"))
    for state in (InsightState.FAILED, InsightState.DONE):
        assert [r.is_final for r in await insights_of(one, "ann", ecg_id)] == [False]
        [claim] = await other.insights.claim([ecg_id], now=1)
        await other.insights.finish([replace(claim.insights[0], state=state)])
        for store in (one, other, one):
            assert [r.state for r in await insights_of(store, "ann", ecg_id)] == [state]
        assert counts(one)[0] > 0
        # A later version is computed for all, and until it is, nothing has settled.
        assert await other.insights.backfill("a", claim.insights[0].version + 1, limit=9) == 1


async def test_who_reads_together_reads_the_store_once(server: OwnServer) -> None:
    async with MemoryStore.open() as memory:
        slow = Slow(memory)
        async with cached(slow.store, server.url) as one:
            [ecg_id] = await added(one, new("ann"))
            slow.is_open = False
            reading = [asyncio.create_task(one.ecgs.get("ann", ecg_id)) for _ in range(20)]
            await until(lambda: (len(slow.waiting), counts(one)) == (1, (0, 20, 0)))
            slow.open()
            assert len({found.ecg.id for found in await asyncio.gather(*reading)}) == 1
            assert (slow.asked, counts(one)) == (1, (19, 20, 0))


async def test_a_read_that_fails_leaves_nothing(one: CachedStore, server: OwnServer) -> None:
    [ecg_id] = await added(one, new("ann"))

    def use(_: StoredEcg, __: PackedBlob) -> None:
        raise DamagedEcg

    with pytest.raises(DamagedEcg):
        await one.ecgs.read("ann", ecg_id, use)
    with pytest.raises(EcgNotFound):
        await one.ecgs.get("ann", new().ecg.id)
    assert await server.keys() == []


async def test_large_samples_are_read_from_the_store(
    behind: MemoryStore, server: OwnServer
) -> None:
    async with cached(behind, server.url, changed(LIMITS, max_bytes=2_000)) as one:
        [ecg_id] = await added(one, new("ann", blob=bytes(5_000)))
        for _ in range(3):
            assert (await one.ecgs.get("ann", ecg_id)).blob == bytes(5_000)
            size = await one.ecgs.read("ann", ecg_id, lambda _, blob: blob.size)
            assert size == 5_000
        assert counts(one)[0] == 0
        sizes = [await server.ask("STRLEN", key) for key in await server.keys()]
        assert all(0 < size < 2_000 for size in sizes)
        for _ in range(2):
            assert (await one.ecgs.get("ann", ecg_id, samples=False)).ecg.id == ecg_id
        assert counts(one)[0] == 1


async def test_whoever_stops_waiting_leaves_no_answer_for_the_next(
    one: CachedStore, server: OwnServer
) -> None:
    """CVE-2023-28858: the answer to a cancelled call was the next caller's."""
    ids = await added(one, *(new("ann", blob=str(n).encode()) for n in range(20)))
    blobs = {i: (await one.ecgs.get("ann", i)).blob for i in ids}
    for number in range(300):
        reading = [asyncio.create_task(one.ecgs.get("ann", i)) for i in ids]
        for _ in range(number % 7):
            await asyncio.sleep(0)
        for task in reading[:: 1 + number % 3]:
            task.cancel()
        for ecg_id, found in zip(
            ids, await asyncio.gather(*reading, return_exceptions=True), strict=True
        ):
            if isinstance(found, StoredEcg):
                assert (found.ecg.id, found.blob) == (ecg_id, blobs[ecg_id])
            else:
                assert isinstance(found, asyncio.CancelledError)
    assert counts(one)[2] == 0
