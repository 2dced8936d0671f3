from datetime import timedelta
from uuid import UUID

from ecg_service.domain.ecg import Cursor, described_bytes
from ecg_service.ports.store import Store
from tests.contract.builders import NOON, added, ecg_id, new

MICROSECOND = timedelta(microseconds=1)


async def test_pages_newest_first_and_by_id_within_a_date(store: Store) -> None:
    dates = [NOON, NOON + MICROSECOND, NOON, NOON - MICROSECOND, NOON]
    batch = [new(date=date) for date in dates]
    await added(store, *batch)
    ecgs = sorted((one.ecg for one in batch), key=lambda e: (e.date, e.id), reverse=True)
    assert await store.ecgs.page("ann", limit=9) == ecgs
    assert await store.ecgs.page("ann", limit=2) == ecgs[:2]
    for position, last in enumerate(ecgs):
        after = Cursor(last.date, last.id)
        assert await store.ecgs.page("ann", limit=9, after=after) == ecgs[position + 1 :]


async def test_since_is_included_and_until_is_not(store: Store) -> None:
    days = [NOON + timedelta(days=n) for n in range(5)]
    await added(store, *(new(date=day) for day in days))
    found = await store.ecgs.page("ann", limit=9, since=days[1], until=days[3])
    assert [e.date for e in found] == [days[2], days[1]]
    assert await store.ecgs.page("ann", limit=9, since=days[3], until=days[1]) == []


async def test_a_cursor_stays_within_the_bounds(store: Store) -> None:
    days = [NOON + timedelta(days=n) for n in range(5)]
    await added(store, *(new(date=day) for day in days))
    after = Cursor(days[4], ecg_id())
    found = await store.ecgs.page("ann", limit=9, since=days[1], until=days[3], after=after)
    assert [e.date for e in found] == [days[2], days[1]]
    after = Cursor(days[2], UUID(int=0))
    found = await store.ecgs.page("ann", limit=9, since=days[1], until=days[4], after=after)
    assert [e.date for e in found] == [days[1]]


async def test_pages_hold_the_owners_only(store: Store) -> None:
    batch = [new(owner) for owner in ("ann", "bob", "ann", "anna", "")]
    await added(store, *batch)
    anns = {one.ecg.id for one in batch if one.ecg.owner == "ann"}
    assert {e.id for e in await store.ecgs.page("ann", limit=9)} == anns


async def test_a_cursor_outlives_the_ecg_it_names(store: Store) -> None:
    one, two = await added(store, new(), new())
    after = Cursor(NOON, two)
    await store.ecgs.delete("ann", two)
    assert [e.id for e in await store.ecgs.page("ann", limit=9, after=after)] == [one]


async def test_the_ecg_that_fills_a_page_is_its_last(store: Store) -> None:
    batch = [new() for _ in range(5)]
    ids = sorted(await added(store, *batch), reverse=True)
    size = described_bytes(batch[0].ecg)
    for max_bytes, count in ((1, 1), (size, 1), (size + 1, 2), (2 * size + 1, 3), (9 * size, 5)):
        found = await store.ecgs.page("ann", limit=9, max_bytes=max_bytes)
        assert [e.id for e in found] == ids[:count]
    assert len(await store.ecgs.page("ann", limit=1, max_bytes=9 * size)) == 1
