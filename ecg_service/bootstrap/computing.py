"""Computes insights whose ECGs other processes have stored, until an event is set."""

import asyncio
import logging
import math
from collections.abc import Callable, Sequence
from contextlib import closing, nullcontext
from urllib.parse import urlsplit
from uuid import UUID

from ecg_service.actors import ActorPool, ActorStopped, Threads
from ecg_service.adapters.core import RustCore
from ecg_service.adapters.urls import shown
from ecg_service.bootstrap.pools import make_insight_pool
from ecg_service.bootstrap.process import share_heap, trim_when_idle, tune
from ecg_service.bootstrap.service import background
from ecg_service.bootstrap.stores import configured_database, open_store
from ecg_service.bootstrap.tasks import CELERY, are_elsewhere, broker, celery_adapter
from ecg_service.bootstrap.tracing import opened_traces
from ecg_service.domain.errors import BrokerUnavailable
from ecg_service.domain.traces import Traces, read_traceparent
from ecg_service.ports.insights import InsightRepository
from ecg_service.services.insights.changes import InsightChanges
from ecg_service.services.insights.costs import InsightCosts
from ecg_service.settings import BadSettings, Settings, variable

logger = logging.getLogger(__name__)

HEARSAY_SECONDS = 0.5
"""How much later the database may hear of the end of a process than the broker."""


def require_worker(settings: Settings) -> None:
    """Raise `BadSettings` unless workers are to compute, and can."""
    if not are_elsewhere(settings):
        msg = f"{variable('tasks')}: is {settings.broker.tasks}, and workers are for {CELERY}"
        raise BadSettings(msg)


async def work(
    settings: Settings, stop: asyncio.Event, started: Callable[[], None] = lambda: None
) -> None:
    """Compute what the broker tells until `stop` is set, then finish what has begun.

    Calls `started` each time that the broker begins to deliver.
    """

    def announce() -> None:
        logger.info("computing what %s tells", settings.broker.broker_queue)
        started()

    require_worker(settings)
    logger.info("starting on %s", configured_database(settings))
    share_heap()
    async with opened_traces(settings.trace) as traces, open_store(settings) as store:
        await store.insights.release()
        with closing(Threads("insight", size=1, capacity=1)) as threads:
            pool = make_insight_pool(
                store,
                RustCore(threads),
                InsightChanges(),
                settings,
                turns=nullcontext(),  # there is no ingest to give way to
                costs=InsightCosts(math.inf),
                traces=traces,
            )
            tune()
            async with background(trim_when_idle(settings.server.trim_seconds)):
                count = await _take(store.insights, pool, settings, stop, announce, traces=traces)
    logger.info("stopped after %d ECGs", count)


async def _take(
    insights: InsightRepository,
    pool: ActorPool[UUID, None],
    settings: Settings,
    stop: asyncio.Event,
    announce: Callable[[], None],
    *,
    traces: Traces | None,
) -> int:
    """Return of how many ECGs insights were computed, or found to be done."""
    count = 0

    async def compute(ecg_ids: Sequence[UUID], came_before: bool, traceparent: object) -> None:  # noqa: FBT001
        _follow(traces, ecg_ids, traceparent)
        if came_before:  # to a worker that has ended, perhaps in a run of these
            await _release(insights)
        answers = await asyncio.gather(*map(pool.ask, ecg_ids), return_exceptions=True)
        errors = [answer for answer in answers if answer is not None]
        nonlocal count
        count += len(ecg_ids) - len(errors)
        if errors:
            raise next((error for error in errors if isinstance(error, ActorStopped)), errors[0])

    worker = celery_adapter().Worker(broker(settings), compute, announce)
    try:
        async with pool:
            worker.start()
            await _first(stop, worker.ended)
            worker.stop()
            logger.info("draining")
    finally:
        await worker.join()
    if not stop.is_set():
        raise BrokerUnavailable(
            f"{_named(settings.broker.broker_url)} does not let this worker work; the log says why"
        )
    return count


def _named(url: str) -> str:
    """Name the broker, and as whom somebody came to it."""
    return f"the broker {shown(url)}, asked by {urlsplit(url).username or 'guest'},"


def _follow(traces: Traces | None, ecg_ids: Sequence[UUID], traceparent: object) -> None:
    given = read_traceparent(traceparent)
    if traces and given and given[1]:
        traces.follow(ecg_ids, given[0])


async def _release(insights: InsightRepository) -> None:
    """Release the runs of workers that have ended, also of one that has just now."""
    if not await insights.release():
        await asyncio.sleep(HEARSAY_SECONDS)
        await insights.release()


async def _first(*events: asyncio.Event) -> None:
    """Return when one of the events is set."""
    waiting = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()
