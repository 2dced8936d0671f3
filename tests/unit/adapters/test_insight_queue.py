import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from ecg_service.actors import Actor, ActorPool
from ecg_service.adapters.insight_queue import ActorInsightQueue
from ecg_service.ports.insights import QueueStatistics


@dataclass
class Keeping(Actor[UUID, None]):
    """Keeps its messages, after the test has allowed it."""

    told: list[UUID] = field(default_factory=list[UUID])
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, batch: Sequence[UUID], /) -> Sequence[None]:
        await self.go_on.wait()
        self.told += batch
        return [None] * len(batch)


async def test_ids_reach_the_pool_and_what_does_not_fit_is_left_to_the_sweeper() -> None:
    keys, actor = [uuid4() for _ in range(5)], Keeping()
    async with ActorPool[UUID, None](lambda: actor, size=1, capacity=3) as pool:
        queue = ActorInsightQueue(pool)
        queue.put(iter(keys))
        assert queue.statistics() == QueueStatistics(waiting=3, capacity=3, dropped=2)
        actor.go_on.set()
    assert actor.told == keys[:3]


async def test_a_stopped_pool_is_no_reason_to_fail() -> None:
    actor = Keeping()
    async with ActorPool[UUID, None](lambda: actor, size=1, capacity=3) as pool:
        pass
    queue = ActorInsightQueue(pool)
    queue.put([uuid4(), uuid4()])
    assert actor.told == []
    assert queue.statistics().dropped == 2
