import threading
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from ecg_service.domain.ecg import Lead
from ecg_service.domain.errors import EcgNotFound, StorageUnavailable
from ecg_service.domain.ids import LAST
from ecg_service.domain.insights import InsightRecord, InsightState, Json
from ecg_service.domain.stored import StoredEcg
from ecg_service.ports.store import Store
from tests.contract.builders import added, ecg_id, insights_of, new, reads


async def test_returns_what_was_added(store: Store) -> None:
    one = new(client_id="7", fingerprint=b"f", blob=b"\x00\xff" * 9)
    assert await store.ecgs.add_many([one]) == [one.ecg.id]
    described = replace(one, blob=b"", fingerprint=None)
    assert await store.ecgs.get("ann", one.ecg.id, samples=False) == described
    assert await store.ecgs.get("ann", one.ecg.id) == replace(described, blob=one.blob)


async def test_adds_nothing(store: Store) -> None:
    assert await store.ecgs.add_many([]) == []
    assert await store.ecgs.page("ann", limit=9) == []


async def test_adds_what_a_thread_reads(store: Store) -> None:
    batch, threads = [new(), new()], list[int]()

    def read() -> list[StoredEcg]:
        threads.append(threading.get_ident())
        return batch

    assert await store.ecgs.add_read(read) == [one.ecg.id for one in batch]
    assert await store.ecgs.add_read(list) == []
    assert len(threads) == 1
    assert threading.get_ident() not in threads
    assert {one.id for one in await store.ecgs.page("ann", limit=9)} == {
        one.ecg.id for one in batch
    }


async def test_adds_nothing_if_reading_fails(store: Store) -> None:
    def fail() -> list[StoredEcg]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await store.ecgs.add_read(fail)
    assert await store.ecgs.add_many([one := new()]) == [one.ecg.id]


async def test_answers_in_order(store: Store) -> None:
    batch = [new() for _ in range(50)]
    batch.reverse()
    assert await store.ecgs.add_many(batch) == [one.ecg.id for one in batch]


@pytest.mark.parametrize("size", [0, 1, 60_000, 5_000_000])
async def test_keeps_blobs_of_any_size(store: Store, size: int) -> None:
    blob = bytes(range(256)) * (size // 256) + bytes(size % 256)
    [one] = await added(store, new(blob=blob))
    assert (await store.ecgs.get("ann", one)).blob == blob


@pytest.mark.parametrize(
    "date",
    [
        datetime.min.replace(tzinfo=UTC),
        datetime.max.replace(tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999_998, tzinfo=UTC),
    ],
    ids=str,
)
async def test_keeps_dates_to_the_microsecond(store: Store, date: datetime) -> None:
    [one] = await added(store, new(date=date))
    stored = (await store.ecgs.get("ann", one)).ecg.date
    assert (stored, stored.tzinfo) == (date, UTC)
    assert [e.date for e in await store.ecgs.page("ann", limit=1, since=date)] == [date]
    assert await store.ecgs.page("ann", limit=1, until=date) == []


@pytest.mark.parametrize(
    "text", ["", " ", "Ωmega", "心電図", "🫀", "e\u0301", "'; --", "\U0010ffff"]
)
async def test_keeps_texts(store: Store, text: str) -> None:
    lead = Lead(text, 1, unit=text)
    one = new(owner=text, client_id=text, leads=(lead,))
    await added(store, one)
    assert (await store.ecgs.get(text, one.ecg.id)).ecg == one.ecg


@pytest.mark.parametrize("rate", [None, 1e-300, 0.1, 360, 500.0, 2**53])
async def test_keeps_sampling_rates(store: Store, rate: float | None) -> None:
    [one] = await added(store, new(sampling_rate=rate))
    assert (await store.ecgs.get("ann", one)).ecg.sampling_rate == rate


async def test_strangers_and_the_unknown_look_the_same(store: Store) -> None:
    [anns] = await added(store, new("ann", "qrs"))
    for owner, one in [("bob", anns), ("", anns), ("Ann", anns), ("ann", ecg_id())]:
        for read in (*reads(store), store.ecgs.delete):
            with pytest.raises(EcgNotFound, match=r"^$"):
                await read(owner, one)
    assert await store.ecgs.page("bob", limit=9) == []
    assert (await store.ecgs.get("ann", anns)).ecg.id == anns


@pytest.mark.parametrize("names", [[], ["hr"], ["hr", "qrs"], ["none", "qrs"]], ids=str)
async def test_returns_the_insights_that_are_asked_for(store: Store, names: list[str]) -> None:
    def found(stored: StoredEcg, _: object = None) -> list[str]:
        return [record.name for record in stored.insights]

    [one] = await added(store, new("ann", "hr", "qrs", "rr"))
    wanted = [name for name in names if name != "none"]
    assert found(await store.ecgs.get("ann", one, samples=False, insights=names)) == wanted
    assert await store.ecgs.read("ann", one, found, insights=names) == wanted
    assert await store.ecgs.read("ann", one, found) == ["hr", "qrs", "rr"]


async def test_one_failure_adds_nothing(store: Store) -> None:
    first, second = new("ann", "qrs", client_id="1"), new()
    await added(store, second)
    with pytest.raises(StorageUnavailable, match="an id is stored already"):
        await store.ecgs.add_many([first, second])
    assert [e.id for e in await store.ecgs.page("ann", limit=9)] == [second.ecg.id]
    assert await store.insights.pending(limit=9) == []
    await added(store, first)


@pytest.mark.parametrize(
    "result",
    [None, True, 0, -(2**63), 2**64 - 1, 1e-9, "", "🫀\n\u0000", [], {}, [None, {"a": [1.5]}]],
    ids=repr,
)
async def test_keeps_results_of_any_kind(store: Store, result: Json) -> None:
    one = new()
    record = InsightRecord(one.ecg.id, "x", 3, InsightState.DONE, 1, result)
    await added(store, replace(one, insights=(record,)))
    assert await insights_of(store, "ann", record.ecg_id) == [record]


async def test_insights_come_in_order_of_name(store: Store) -> None:
    [one] = await added(store, new("ann", "b", "a", "Z", "ä"))
    names = [record.name for record in await insights_of(store, "ann", one)]
    assert names == ["Z", "a", "b", "ä"]


async def test_an_ecg_may_have_no_insights(store: Store) -> None:
    [one] = await added(store, new())
    assert await insights_of(store, "ann", one) == []


async def test_deletes_everything_of_an_ecg(store: Store) -> None:
    one, other = await added(store, new("ann", "qrs"), new("ann", "qrs"))
    await store.ecgs.delete("ann", one)
    for read in (*reads(store), store.ecgs.delete):
        with pytest.raises(EcgNotFound):
            await read("ann", one)
    assert await store.insights.pending(limit=9) == [other]
    assert [e.id for e in await store.ecgs.page("ann", limit=9)] == [other]


async def test_finds_ecgs_of_one_owner_and_of_all(store: Store) -> None:
    made = [new("ann"), new("bob"), new("ann"), new("bob")]
    ids = await added(store, *made)
    mine = [("ann", ids[0]), ("ann", ids[2])]
    assert sorted(await store.ecgs.find(before=LAST, owner="ann", limit=9)) == mine
    assert {*await store.ecgs.find(before=ids[2], limit=9)} == {mine[0], ("bob", ids[1])}
    assert await store.ecgs.find(before=ids[0], limit=9) == []
    assert len(await store.ecgs.find(before=LAST, limit=3)) == 3


async def test_deletes_many_with_all_that_belongs_to_them(store: Store) -> None:
    made = [
        new("ann", "qrs", client_id="1", fingerprint=b"f"),
        new("bob", "qrs"),
        new("ann", "qrs"),
    ]
    ids = await added(store, *made)
    for one in made:  # into the cache, if there is one
        for read in reads(store):
            await read(one.ecg.owner, one.ecg.id)
    gone = [("ann", ids[0]), ("bob", ids[1])]
    for _ in range(2):
        await store.ecgs.delete_many([*gone, ("ann", ecg_id())])
    await store.ecgs.delete_many([])
    await store.ecgs.scrub()
    for owner, one in gone:
        for read in reads(store):
            with pytest.raises(EcgNotFound):
                await read(owner, one)
    assert await store.insights.pending(limit=9) == [ids[2]]
    await added(store, new("ann", client_id="1", fingerprint=b"other"))


async def test_pings(store: Store) -> None:
    for _ in range(3):
        await store.ecgs.ping()
    assert await store.ecgs.page("ann", limit=9) == []
