from pathlib import Path
from typing import Any, cast

import pytest

from ecg_service.actors import ActorPool
from ecg_service.adapters.memory import MemoryStore
from ecg_service.adapters.sqlite import SqliteDatabase
from ecg_service.domain.errors import Overloaded, StorageUnavailable
from ecg_service.services.health import Health


async def test_a_service_is_ready_while_its_pool_runs(store: MemoryStore) -> None:
    pool: ActorPool[Any, Any] = ActorPool(lambda: cast("Any", None), size=1, capacity=1)
    health = Health(pool, store.ecgs)
    with pytest.raises(Overloaded):
        await health.check()
    async with pool:
        await health.check()
    with pytest.raises(Overloaded):
        await health.check()


async def test_a_service_is_not_ready_while_its_store_fails(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "ecg.db")
    database.migrate()
    async with database.open() as store:
        pass
    async with ActorPool[Any, Any](lambda: cast("Any", None), size=1, capacity=1) as pool:
        with pytest.raises(StorageUnavailable, match="closed"):
            await Health(pool, store.ecgs).check()
