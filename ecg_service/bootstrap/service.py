"""Starts everything that runs while the service runs, and stops it in reverse order."""

import asyncio
import math
from collections.abc import AsyncGenerator, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing
from functools import partial
from typing import Any

from ecg_service.actors import Threads
from ecg_service.adapters.core import RustCore
from ecg_service.api.edge.bodies import BodyLimits
from ecg_service.api.state import Services
from ecg_service.bootstrap.access import opened_access
from ecg_service.bootstrap.admin import ensure_admin
from ecg_service.bootstrap.auditing import forget_audited, opened_audit
from ecg_service.bootstrap.pools import make_ingest_pool, make_insight_pool, make_long_pool
from ecg_service.bootstrap.process import share_heap, trim_when_idle
from ecg_service.bootstrap.quotas import opened_quotas
from ecg_service.bootstrap.stores import open_store
from ecg_service.bootstrap.tasks import are_elsewhere, insight_queue
from ecg_service.bootstrap.worker import Worker
from ecg_service.domain.traces import Traces
from ecg_service.insights import REGISTRY
from ecg_service.insights.zero_crossings import stored_counts
from ecg_service.ports.insights import InsightQueue
from ecg_service.ports.store import Store
from ecg_service.services.ecgs import Ecgs
from ecg_service.services.health import Health
from ecg_service.services.in_flight import BodiesInFlight
from ecg_service.services.ingest.batches import BatchLimits
from ecg_service.services.ingest.keys import KeySweeper
from ecg_service.services.ingest.submissions import Ingest, LongPool
from ecg_service.services.insights.backlog import Backlog
from ecg_service.services.insights.changes import InsightChanges
from ecg_service.services.insights.costs import InsightCosts
from ecg_service.services.insights.sweeper import Sweeper
from ecg_service.services.insights.turns import Turns
from ecg_service.services.retention import Retention, scrub_forever
from ecg_service.settings import Settings, parse_origins


@asynccontextmanager
async def running_services(
    settings: Settings, worker: Worker | None = None, traces: Traces | None = None
) -> AsyncGenerator[Services]:
    """Open the store, start the pools, and stop everything in reverse order on leaving.

    A `worker` opens the store beside others, who have been prepared for together.
    A pool whose actors fail too often ends the block with `RestartLimitExceeded`.
    """
    elsewhere = are_elsewhere(settings)
    share_heap()
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(settings, worker and worker.database))
        access = await stack.enter_async_context(opened_access(store, settings))
        quotas = await stack.enter_async_context(opened_quotas(settings))
        audit = await stack.enter_async_context(opened_audit(store, settings))
        if worker is None:
            await ensure_admin(access.users, settings)

        in_flight = BodiesInFlight(settings.edge.max_bytes_in_flight)
        changes = InsightChanges()
        costs = InsightCosts(
            settings.insights.cheap_insight_percent / 100, unmeasured=0 if elsewhere else math.nan
        )
        # ECGs are taken in whether there is a broker, and who computes, or not.
        most = math.inf if elsewhere else settings.insights.max_backlog_seconds
        backlog = Backlog(
            store.insights, max_seconds=most, counts=settings.metrics.metrics_token is not None
        )
        turns = Turns(
            in_flight,
            backlog,
            share=settings.insights.insight_percent / 100,
            max_delay=settings.insights.insight_delay_seconds,
        )
        # Ingest reads in the store's thread.
        threads = stack.enter_context(closing(Threads("insight", size=1, capacity=1)))
        core = RustCore(threads)
        make_pool = partial(
            make_insight_pool,
            store,
            core,
            changes,
            settings,
            turns=turns,
            costs=costs,
            traces=traces,
        )
        queue = await stack.enter_async_context(
            insight_queue(make_pool, settings, elsewhere=elsewhere, traces=traces)
        )
        ingest_pool = await stack.enter_async_context(
            make_ingest_pool(store, core, queue, costs, settings, traces=traces)
        )
        long_pool = await stack.enter_async_context(
            make_long_pool(store, core, queue, settings, traces=traces)
        )
        await stack.enter_async_context(background(backlog.run_forever()))
        if worker is None or worker.sweeps:
            sweeper = _sweeper(store, queue, settings, alone=worker is None)
            await stack.enter_async_context(background(sweeper.run_forever()))
            keys = _key_sweeper(store, settings)
            await stack.enter_async_context(background(keys.run_forever()))
            await stack.enter_async_context(background(forget_audited(store, settings)))
            if settings.store.retention_seconds:
                retention = _retention(store, settings)
                await stack.enter_async_context(background(retention.run_forever()))
        scrubbing = scrub_forever(store.ecgs, every=settings.store.retention_sweep_seconds)
        await stack.enter_async_context(background(scrubbing))
        await stack.enter_async_context(background(trim_when_idle(settings.server.trim_seconds)))

        def statistics() -> Mapping[str, object]:
            stored = store.statistics()
            return {
                "ingest": ingest_pool.statistics(),
                "long": long_pool.statistics(),
                "bodies": in_flight.statistics(),
                "insights": queue.statistics(),
                "backlog": backlog,
                "unfinished": backlog.unfinished,
                "computing": costs,
                "store": stored,
                "cache": stored.cache,
                "quotas": quotas,
                **access.statistics(),
            }

        yield Services(
            ingest=Ingest(
                ingest_pool,
                in_flight,
                backlog,
                LongPool(long_pool, settings.ingest.long_body_bytes),
            ),
            ecgs=Ecgs(
                store.ecgs,
                core,
                stored_counts,
                changes,
                max_page_bytes=settings.edge.max_page_bytes,
            ),
            users=access.users,
            api_keys=access.api_keys,
            passwords=access.passwords,
            sessions=access.sessions,
            schemes=access.schemes,
            health=Health(
                ingest_pool,
                in_flight,
                backlog,
                store,
                queue,
                keys=access.sessions.keys,
                quotas=quotas,
            ),
            limits=BodyLimits(settings.edge.max_body_bytes, settings.edge.max_inflation),
            batches=BatchLimits(
                window=settings.batch.batch_window,
                wait_seconds=settings.batch.batch_wait_seconds,
                max_items=settings.batch.max_batch_items,
                max_together=settings.batch.max_atomic_items,
            ),
            max_wait=settings.edge.max_wait,
            origins=parse_origins(settings.edge.cors_origins),
            quotas=quotas,
            audit=audit,
            statistics=statistics,
        )


def _sweeper(store: Store, queue: InsightQueue, settings: Settings, *, alone: bool) -> Sweeper:
    return Sweeper(
        store.insights,
        queue,
        REGISTRY,
        interval=settings.insights.sweep_seconds,
        lease=settings.insights.lease_seconds,
        limit=settings.insights.insight_mailbox,
        alone=alone,
    )


def _key_sweeper(store: Store, settings: Settings) -> KeySweeper:
    return KeySweeper(
        store.ecgs,
        lifetime=settings.ingest.idempotency_seconds,
        interval=settings.ingest.idempotency_sweep_seconds,
    )


def _retention(store: Store, settings: Settings) -> Retention:
    return Retention(
        store.ecgs,
        lifetime=settings.store.retention_seconds,
        interval=settings.store.retention_sweep_seconds,
    )


@asynccontextmanager
async def background(work: Coroutine[Any, Any, None]) -> AsyncGenerator[None]:
    """Run a coroutine beside the block; cancel it at the end of the block."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
