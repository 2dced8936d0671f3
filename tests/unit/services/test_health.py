from typing import Any, cast

import pytest

from ecg_service.actors import ActorPool
from ecg_service.adapters.memory import MemoryStore
from ecg_service.domain.errors import Overloaded
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
