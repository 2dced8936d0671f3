"""A queue of insights whose hints are published by a thread."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, closing
from uuid import UUID

from msgspec.structs import replace

from ecg_service.actors import Actor, ActorPool, Threads
from ecg_service.adapters.celery.app import Broker
from ecg_service.adapters.celery.publisher import Publisher
from ecg_service.adapters.insight_queue import ActorInsightQueue
from ecg_service.domain.traces import Traces, going_on
from ecg_service.ports.insights import QueueStatistics


class CeleryInsightQueue(ActorInsightQueue):
    """Tells a pool that publishes; what does not fit or is not confirmed is left to the sweeper."""

    def __init__(self, pool: ActorPool[UUID, None], publisher: Publisher) -> None:
        super().__init__(pool)
        self._publisher = publisher

    def statistics(self) -> QueueStatistics:
        here = super().statistics()
        dropped = here.dropped + self._publisher.dropped
        return replace(here, dropped=dropped, reaches_broker=not self._publisher.is_lost)


class _Publishing(Actor[UUID, None]):
    def __init__(self, publisher: Publisher, threads: Threads, traces: Traces | None) -> None:
        self._publisher = publisher
        self._threads = threads
        self._traces = traces

    async def handle(self, batch: Sequence[UUID], /) -> Sequence[None]:
        with going_on(self._traces, "publish hints", "producer", batch) as trace:
            await self._threads.run(self._publisher.publish, batch, trace)
        return [None] * len(batch)


@asynccontextmanager
async def publishing(
    broker: Broker,
    *,
    capacity: int,
    batch: int,
    drain_timeout: float,
    traces: Traces | None = None,
) -> AsyncGenerator[CeleryInsightQueue]:
    """Yield a queue in which at most `capacity` ids wait to be published, `batch` in a message."""
    publisher = Publisher(broker)
    with closing(Threads("publish", size=1, capacity=1)) as threads:
        pool = ActorPool[UUID, None](
            lambda: _Publishing(publisher, threads, traces),
            size=1,
            capacity=capacity,
            batch=batch,
            drain_timeout=drain_timeout,
        )
        try:
            async with pool:
                yield CeleryInsightQueue(pool, publisher)
        finally:
            await threads.run(publisher.close)
