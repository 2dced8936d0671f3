import asyncio
from contextlib import suppress
from uuid import UUID

import pytest

from ecg_service.adapters.memory import MemoryStore
from ecg_service.domain.errors import StorageUnavailable
from ecg_service.domain.ids import LAST, MonotonicIds
from ecg_service.services import retention
from ecg_service.services.retention import Retention, scrub_forever
from tests.contract.builders import new

SECOND = 1_000_000_000
NOW = 1_779_019_200 * SECOND


async def store_at(store: MemoryStore, *seconds: float) -> list[UUID]:
    """Store an ECG of another user at each of these seconds before now."""
    moments = iter([NOW - int(age * SECOND) for age in seconds])
    ids = MonotonicIds(lambda: next(moments))
    made = [new(f"user{age}", id=ids.next()) for age in seconds]
    await store.ecgs.add_many(made)
    return [one.ecg.id for one in made]


async def test_ecgs_are_kept_for_their_lifetime(
    store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "STEP", 2)
    ids = await store_at(store, 66, 65, 64, 63, 60.1, 60, 59, 0)
    await Retention(store.ecgs, lifetime=60, interval=1, clock=lambda: NOW).sweep()
    left = await store.ecgs.find(before=LAST, limit=99)
    assert {one for _, one in left} == {*ids[5:]}


async def test_a_lifetime_longer_than_the_clock_has_run_keeps_all(store: MemoryStore) -> None:
    await store_at(store, 60)
    await Retention(store.ecgs, lifetime=1e12, interval=1, clock=lambda: NOW).sweep()
    assert len(await store.ecgs.find(before=LAST, limit=99)) == 1


async def test_what_fails_once_is_done_the_next_time(
    store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = asyncio.Semaphore(0)
    failures = [StorageUnavailable("locked")]

    async def scrub() -> None:
        calls.release()
        if failures:
            raise failures.pop()

    monkeypatch.setattr(store.ecgs, "scrub", scrub)
    scrubbing = asyncio.create_task(scrub_forever(store.ecgs, every=0))
    for _ in range(3):
        await calls.acquire()
    scrubbing.cancel()
    with suppress(asyncio.CancelledError):
        await scrubbing
