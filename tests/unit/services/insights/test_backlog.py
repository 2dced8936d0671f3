import time
from datetime import UTC, datetime
from uuid import UUID

import pytest

from ecg_service.adapters.memory import MemoryStore
from ecg_service.domain.ecg import Ecg, Lead
from ecg_service.domain.ids import next_id
from ecg_service.domain.insights import InsightRecord
from ecg_service.domain.stored import StoredEcg
from ecg_service.ports.insights import Unfinished
from ecg_service.services.insights.backlog import Backlog


async def pending(store: MemoryStore, key: UUID) -> None:
    ecg = Ecg(key, "ann", datetime.now(UTC), (Lead("I", 3),))
    await store.ecgs.add_many([StoredEcg(ecg, (InsightRecord(key, "length", 1),), b"")])


@pytest.mark.parametrize(
    ("age", "is_long", "is_full"), [(0, False, False), (4, True, False), (9, True, True)]
)
async def test_a_backlog_is_as_old_as_its_oldest_insight(
    store: MemoryStore, monkeypatch: pytest.MonkeyPatch, *, age: float, is_long: bool, is_full: bool
) -> None:
    backlog = Backlog(store.insights, max_seconds=10)
    await pending(store, next_id())
    await pending(store, next_id())
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + age)
    await backlog.look()
    assert backlog.age == pytest.approx(age, abs=1)
    assert (backlog.is_long, backlog.is_full) == (is_long, is_full)


async def test_ecgs_of_an_earlier_process_and_finished_ones_do_not_count(
    store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await pending(store, next_id())
    backlog, now = Backlog(store.insights, max_seconds=10), time.time()
    monkeypatch.setattr(time, "time", lambda: now + 100)
    await backlog.look()
    assert backlog.age == 0
    key = next_id()
    await pending(store, key)
    await backlog.look()
    assert backlog.is_full
    [stored] = await store.insights.claim([key], now=0)
    await store.insights.finish([record.done(1, 1) for record in stored.insights])
    await backlog.look()
    assert backlog.age == 0


async def test_what_is_not_finished_is_counted_only_for_who_asks(store: MemoryStore) -> None:
    await pending(store, next_id())
    for counts, expected in ((False, Unfinished()), (True, Unfinished(pending=1))):
        backlog = Backlog(store.insights, max_seconds=10, counts=counts)
        await backlog.look()
        assert backlog.unfinished == expected
