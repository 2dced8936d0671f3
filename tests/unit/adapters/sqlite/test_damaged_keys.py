from pathlib import Path
from uuid import UUID

import pytest

from ecg_service.adapters.sqlite import SqliteStore
from ecg_service.domain.errors import DamagedKey
from tests.contract.builders import added, ecg_id, new
from tests.unit.adapters.sqlite.alterations import alter


@pytest.mark.parametrize(
    "change", ["ecg_id = x'02'", "fingerprint = x'00'", "checksum = checksum + 1"]
)
async def test_a_damaged_key_is_neither_a_replay_nor_another_ecg(path: Path, change: str) -> None:
    async with SqliteStore.open(path) as store:
        await added(store, new(key="k", fingerprint=b"f"))
    alter(path, f"UPDATE idempotency_keys SET {change}")
    async with SqliteStore.open(path) as store:
        batch = [new(key="k", fingerprint=b"f"), new(key="l", fingerprint=b"f")]
        damaged, sound = await store.ecgs.add_many(batch)
        assert isinstance(damaged, DamagedKey)
        assert isinstance(sound, UUID)


async def test_a_damaged_key_is_forgotten_like_others(path: Path) -> None:
    async with SqliteStore.open(path) as store:
        await added(store, new(key="k", fingerprint=b"f"))
    alter(path, "UPDATE idempotency_keys SET owner = CAST(x'ff' AS TEXT)")
    async with SqliteStore.open(path) as store:
        assert await store.ecgs.forget_keys(ecg_id(), limit=9) == 1
