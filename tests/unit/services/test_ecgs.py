import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID, uuid4

import pytest
from msgspec import Raw
from msgspec.structs import replace

import ecg_core
from ecg_service.adapters.core import RustCore
from ecg_service.adapters.memory import MemoryStore
from ecg_service.adapters.memory.ecgs import MemoryEcgs
from ecg_service.domain.ecg import Cursor, Ecg, Lead
from ecg_service.domain.errors import DamagedEcg, EcgNotFound, LeadNotFound
from ecg_service.domain.insights import InsightRecord, InsightState
from ecg_service.domain.principal import Principal
from ecg_service.domain.stored import StoredEcg
from ecg_service.domain.users import Role
from ecg_service.formats import DEFAULT as JSON
from ecg_service.formats import Written
from ecg_service.insights.zero_crossings import stored_counts
from ecg_service.ports.core import PackedBlob
from ecg_service.ports.ecgs import Names
from ecg_service.services.ecgs import Ecgs
from ecg_service.services.found import FoundEcg
from ecg_service.services.insights.changes import InsightChanges
from tests.clock import at_once
from tests.contract.builders import user

OWNER, NOON = "ann", datetime(2026, 5, 17, 12, tzinfo=UTC)
T = TypeVar("T")
SAMPLES = [5, -5, 0, 5]
SHOWN = Written((Raw(b"[5,-5,0,5]"),))
DONE = [{"name": "I", "zero_crossings": 2}]


def shown(found: FoundEcg) -> object:
    each = zip(found.ecg.leads, found.crossings, found.samples, strict=False)
    return [(lead.name, count, one.values[0]) for lead, count, one in each if one]


@pytest.fixture
def changes() -> InsightChanges:
    return InsightChanges()


@pytest.fixture
async def ecgs(store: MemoryStore, core: RustCore, changes: InsightChanges) -> Ecgs:
    for name in (OWNER, "bob", ""):
        await store.users.add(user(name))
    return Ecgs(store.ecgs, core, stored_counts, changes, max_page_bytes=1_000)


async def stored(
    store: MemoryStore,
    *,
    state: InsightState = InsightState.DONE,
    blob: bytes | None = None,
    date: datetime = NOON,
) -> UUID:
    key = uuid4()
    result = DONE if state is InsightState.DONE else None
    records = (InsightRecord(key, "zero_crossings", 1, state, result=result),)
    ecg = Ecg(key, OWNER, date, (Lead("I", 4),))
    packed = ecg_core.pack([ecg_core.Signal(SAMPLES)]) if blob is None else blob
    await store.ecgs.add_many([StoredEcg(ecg, records, packed)])
    return key


async def test_an_ecg_is_read_with_or_without_samples(store: MemoryStore, ecgs: Ecgs) -> None:
    key = await stored(store)
    short = await ecgs.read(OWNER, key)
    assert await ecgs.whole(OWNER, key, JSON, shown) == b'[["I",2,[5,-5,0,5]]]'
    assert (short.ecg.id, short.crossings, short.samples) == (key, [2], [None])


class Counting(MemoryEcgs):
    """Counts how often an ECG is read."""

    reads = 0

    async def get(
        self, owner: str, ecg_id: UUID, *, samples: bool = True, insights: Names = None
    ) -> StoredEcg:
        self.reads += 1
        return await super().get(owner, ecg_id, samples=samples, insights=insights)

    async def read(
        self,
        owner: str,
        ecg_id: UUID,
        use: Callable[[StoredEcg, PackedBlob], T],
        *,
        insights: Names = None,
    ) -> T:
        self.reads += 1
        return await super().read(owner, ecg_id, use, insights=insights)


READS: dict[str, Callable[[Ecgs, UUID], Awaitable[object]]] = {
    "with samples": lambda ecgs, key: ecgs.whole(OWNER, key, JSON, shown),
    "without": lambda ecgs, key: ecgs.read(OWNER, key),
    "window": lambda ecgs, key: ecgs.window(OWNER, key, 0, write=JSON.written),
    "insights": lambda ecgs, key: ecgs.insights(OWNER, key),
    "crossings by another rule": lambda ecgs, key: ecgs.insights(OWNER, key, zeros="strict"),
}


@pytest.mark.parametrize("name", READS)
async def test_what_is_shown_is_of_one_read(
    store: MemoryStore, core: RustCore, changes: InsightChanges, name: str
) -> None:
    """So it cannot be of an ECG before and after a change."""
    repository = Counting({}, store.users)
    ecgs = Ecgs(repository, core, stored_counts, changes, max_page_bytes=1_000)
    await store.users.add(user(OWNER))
    key = await stored(dataclasses.replace(store, ecgs=repository))
    await READS[name](ecgs, key)
    assert repository.reads == 1


@pytest.mark.parametrize("state", [s for s in InsightState if s is not InsightState.DONE])
@pytest.mark.parametrize("signals", [True, False])
async def test_crossings_are_counted_while_the_stored_ones_are_not_there(
    store: MemoryStore, ecgs: Ecgs, state: InsightState, *, signals: bool
) -> None:
    """The state while a new version of the insight is computed, or after it failed."""
    key = await stored(store, state=state)
    if signals:
        assert await ecgs.whole(OWNER, key, JSON, shown) == b'[["I",2,[5,-5,0,5]]]'
    else:
        assert (await ecgs.read(OWNER, key)).crossings == [2]
    assert (await ecgs.insights(OWNER, key)).crossings == [2]


async def test_waiting_ends_when_the_insight_is_settled(
    store: MemoryStore, ecgs: Ecgs, changes: InsightChanges
) -> None:
    key, other = [await stored(store, state=InsightState.PENDING) for _ in range(2)]
    waiting = asyncio.create_task(ecgs.insights(OWNER, key, wait=3600))
    await asyncio.sleep(0)
    [claim] = await store.insights.claim([key], now=0)
    [running] = claim.insights
    finished = InsightRecord(key, running.name, 1, InsightState.DONE, running.attempts, DONE)
    changes.announce([other])
    changes.announce([key])  # not settled yet
    await asyncio.sleep(0)
    await store.insights.finish([finished])
    changes.announce([other, key])
    async with asyncio.timeout(30):
        assert (await waiting).records == (finished,)


async def test_a_change_while_the_insights_are_read_is_heard(
    store: MemoryStore, core: RustCore, changes: InsightChanges
) -> None:
    key = await stored(store, state=InsightState.PENDING)
    [claim] = await store.insights.claim([key], now=0)
    [running] = claim.insights

    class Changing(MemoryEcgs):
        """Finishes the insight behind the back of the first who reads it."""

        async def get(
            self, owner: str, ecg_id: UUID, *, samples: bool = True, insights: Names = None
        ) -> StoredEcg:
            found = await store.ecgs.get(owner, ecg_id, samples=samples, insights=insights)
            await store.insights.finish([replace(running, state=InsightState.DONE, result=DONE)])
            changes.announce([key])
            return found

    ecgs = Ecgs(Changing({}, store.users), core, stored_counts, changes, max_page_bytes=1_000)
    async with asyncio.timeout(30):
        [record] = (await ecgs.insights(OWNER, key, wait=3600)).records
    assert record.state is InsightState.DONE


async def test_waiting_ends_with_what_is_there_when_the_time_is_over(
    store: MemoryStore, ecgs: Ecgs
) -> None:
    key = await stored(store, state=InsightState.PENDING)
    async with asyncio.timeout(30):
        [record] = (await ecgs.insights(OWNER, key, wait=0.03)).records
    assert record.state is InsightState.PENDING


@pytest.mark.parametrize(("wait", "state"), [(3.4, InsightState.PENDING), (4, InsightState.DONE)])
def test_what_another_process_has_computed_is_seen_in_time(
    core: RustCore, changes: InsightChanges, wait: float, state: InsightState
) -> None:
    async def compute(store: MemoryStore, key: UUID) -> None:
        await asyncio.sleep(3.5)  # after the last look but one
        [claim] = await store.insights.claim([key], now=0)
        [running] = claim.insights
        await store.insights.finish([replace(running, state=InsightState.DONE, result=DONE)])

    async def scenario() -> InsightState:
        async with MemoryStore.open() as store:
            await store.users.add(user(OWNER))
            ecgs = Ecgs(store.ecgs, core, stored_counts, changes, max_page_bytes=1_000)
            key = await stored(store, state=InsightState.PENDING)
            computing = asyncio.create_task(compute(store, key))
            [record] = (await ecgs.insights(OWNER, key, wait=wait)).records
            await computing
            return record.state

    assert at_once(scenario()) is state


async def test_those_who_wait_read_one_at_a_time(
    store: MemoryStore, core: RustCore, changes: InsightChanges
) -> None:
    key, inside, most = await stored(store), 0, 0

    class Slow(MemoryEcgs):
        """Counts how many read at once."""

        async def get(
            self, owner: str, ecg_id: UUID, *, samples: bool = True, insights: Names = None
        ) -> StoredEcg:
            nonlocal inside, most
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1
            return await store.ecgs.get(owner, ecg_id, samples=samples, insights=insights)

    ecgs = Ecgs(Slow({}, store.users), core, stored_counts, changes, max_page_bytes=1_000)
    await asyncio.gather(*(ecgs.insights(OWNER, key, wait=1) for _ in range(5)))
    assert most == 1


async def test_waiting_for_an_ecg_that_is_deleted_ends(store: MemoryStore, ecgs: Ecgs) -> None:
    key = await stored(store, state=InsightState.PENDING)
    waiting = asyncio.create_task(ecgs.insights(OWNER, key, wait=60))
    await asyncio.sleep(0)
    await ecgs.delete(Principal(OWNER, Role.USER), key)
    async with asyncio.timeout(30):
        with pytest.raises(EcgNotFound):
            await waiting


async def test_nothing_of_a_damaged_ecg_is_shown(store: MemoryStore, ecgs: Ecgs) -> None:
    key = await stored(store, blob=b"dust")
    for reading in (
        ecgs.whole(OWNER, key, JSON, shown),
        ecgs.window(OWNER, key, 0, write=JSON.written),
        ecgs.insights(OWNER, key, zeros="strict"),
    ):
        with pytest.raises(DamagedEcg):
            await reading


@pytest.mark.parametrize("owner", ["bob", ""])
async def test_a_stranger_finds_nothing(store: MemoryStore, ecgs: Ecgs, owner: str) -> None:
    key = await stored(store)
    for reading in (
        ecgs.whole(owner, key, JSON, shown),
        ecgs.read(owner, key),
        ecgs.window(owner, key, 0, write=JSON.written),
        ecgs.insights(owner, key, wait=60),
        ecgs.delete(Principal(owner, Role.USER), key),
    ):
        with pytest.raises(EcgNotFound):
            await reading


async def test_a_lead_beyond_the_last_is_not_found(store: MemoryStore, ecgs: Ecgs) -> None:
    with pytest.raises(LeadNotFound):
        await ecgs.window(OWNER, await stored(store), 1, write=JSON.written)


async def test_a_page_says_where_the_next_begins(store: MemoryStore, ecgs: Ecgs) -> None:
    keys = [await stored(store, date=NOON - timedelta(days=n)) for n in range(3)]
    first, after = await ecgs.page(OWNER, limit=2)
    assert after == Cursor(NOON - timedelta(days=1), keys[1])
    rest, end = await ecgs.page(OWNER, limit=2, after=after)
    assert ([ecg.id for ecg in (*first, *rest)], end) == (keys, None)


async def test_a_window_is_the_whole_lead_unless_it_is_told_otherwise(
    store: MemoryStore, ecgs: Ecgs
) -> None:
    key = await stored(store)
    whole = await ecgs.window(OWNER, key, 0, write=JSON.written)
    assert (whole.start, whole.stop, whole.samples) == (0, 4, SHOWN)
    part = await ecgs.window(OWNER, key, 0, write=JSON.written, start=1, stop=3)
    assert (part.start, part.stop, part.samples, part.zero_crossings) == (
        1,
        3,
        Written((Raw(b"[-5,0]"),)),
        0,
    )
