import asyncio
from uuid import UUID

import pytest

from ecg_service.adapters.memory import MemoryStore
from ecg_service.domain.errors import StorageUnavailable
from ecg_service.domain.ids import MonotonicIds
from ecg_service.services.ingest import keys as idempotency
from ecg_service.services.ingest.keys import KeySweeper
from tests.contract.builders import new

SECOND = 1_000_000_000
NOW = 1_779_019_200 * SECOND


async def store_at(store: MemoryStore, *seconds: float) -> list[UUID]:
    """Store an ECG with a key at each of these seconds before now."""
    moments = iter([NOW - int(age * SECOND) for age in seconds])
    ids = MonotonicIds(lambda: next(moments))
    made = [new(id=ids.next(), key=str(age), fingerprint=b"f") for age in seconds]
    await store.ecgs.add_many(made)
    return [one.ecg.id for one in made]


async def remembered(store: MemoryStore, *seconds: float) -> list[bool]:
    again = [new(key=str(age), fingerprint=b"f") for age in seconds]
    answers = await store.ecgs.add_many(again)
    return [answer != one.ecg.id for one, answer in zip(again, answers, strict=True)]


def sweeper(store: MemoryStore, lifetime: float = 60, interval: float = 0) -> KeySweeper:
    return KeySweeper(store.ecgs, lifetime, interval, lambda: NOW)


async def test_a_key_is_remembered_for_its_lifetime(store: MemoryStore) -> None:
    ages = (61, 60.1, 60, 59, 0)
    await store_at(store, *ages)
    await sweeper(store).sweep()
    assert await remembered(store, *ages) == [False, False, True, True, True]


async def test_many_keys_are_forgotten_in_steps(
    store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "STEP", 2)
    monkeypatch.setattr(idempotency, "PAUSE", 0)
    await store_at(store, 69, 68, 67, 66, 65, 1)
    limits: list[int] = []
    forget = store.ecgs.forget_keys

    async def watched(older: UUID, *, limit: int) -> int:
        limits.append(limit)
        return await forget(older, limit=limit)

    monkeypatch.setattr(store.ecgs, "forget_keys", watched)
    await sweeper(store).sweep()
    assert limits == [2, 2, 2]
    assert await remembered(store, 65, 1) == [False, True]


@pytest.mark.parametrize("error", [StorageUnavailable(), RuntimeError()], ids=repr)
async def test_a_sweep_that_fails_is_repeated(
    store: MemoryStore, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    swept = asyncio.Event()
    errors = iter([error])

    async def failing(older: UUID, *, limit: int) -> int:
        del older, limit
        for one in errors:
            raise one
        swept.set()
        return 0

    monkeypatch.setattr(store.ecgs, "forget_keys", failing)
    task = asyncio.create_task(sweeper(store).run_forever())
    await swept.wait()
    task.cancel()
