"""The actor pools: one ingests, one ingests long recordings, one computes insights."""

import math
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import TypeVar
from uuid import UUID

from ecg_service.actors import Actor, ActorPool
from ecg_service.domain.errors import EcgError
from ecg_service.domain.traces import Traces
from ecg_service.insights import REGISTRY
from ecg_service.ports.core import SignalCore
from ecg_service.ports.insights import InsightQueue
from ecg_service.ports.store import Store
from ecg_service.services.ingest.actor import IngestActor
from ecg_service.services.ingest.long import LongIngestActor
from ecg_service.services.ingest.submissions import Pool, Submission
from ecg_service.services.insights.actor import InsightActor
from ecg_service.services.insights.changes import InsightChanges
from ecg_service.services.insights.costs import InsightCosts
from ecg_service.settings import Settings

Message = TypeVar("Message")
Reply = TypeVar("Reply")


def make_insight_pool(
    store: Store,
    core: SignalCore,
    changes: InsightChanges,
    settings: Settings,
    *,
    turns: AbstractAsyncContextManager[object],
    costs: InsightCosts,
    traces: Traces | None = None,
) -> ActorPool[UUID, None]:
    """Return the pool that computes pending insights."""

    def actor() -> Actor[UUID, None]:
        return InsightActor(
            store.insights,
            core,
            REGISTRY,
            changes,
            turns=turns,
            costs=costs,
            max_attempts=settings.insights.insight_attempts,
            traces=traces,
        )

    return _pool(
        actor, settings.insights.insight_mailbox, settings.insights.insight_batch, settings
    )


def make_ingest_pool(
    store: Store,
    core: SignalCore,
    queue: InsightQueue,
    costs: InsightCosts,
    settings: Settings,
    *,
    traces: Traces | None = None,
) -> Pool:
    """Return the pool that reads and stores ECGs."""
    seconds = settings.store.max_write_seconds
    actor = partial(
        IngestActor,
        core,
        store.ecgs,
        queue,
        REGISTRY,
        costs,
        max_leads=settings.ingest.max_leads,
        max_seconds=seconds,
        traces=traces,
    )
    return _pool(
        actor,
        settings.ingest.ingest_mailbox,
        settings.ingest.ingest_batch,
        settings,
        sender=_sender,
        weigh=lambda submission: submission.weight,
        max_expected_wait=settings.ingest.ingest_wait_seconds,
        max_wait=seconds / 2,  # the other half is for reading and storing
    )


def make_long_pool(
    store: Store,
    core: SignalCore,
    queue: InsightQueue,
    settings: Settings,
    *,
    traces: Traces | None = None,
) -> Pool:
    """Return the pool that reads and stores long recordings, one at a time."""
    seconds = settings.ingest.max_long_seconds
    actor = partial(
        LongIngestActor,
        core,
        store.ecgs,
        queue,
        REGISTRY,
        InsightCosts(math.inf),
        max_leads=settings.ingest.max_leads,
        max_seconds=seconds,
        traces=traces,
    )
    return _pool(
        actor,
        settings.ingest.long_mailbox,
        1,
        settings,
        sender=_sender,
        max_wait=seconds / 2,
    )


def _sender(submission: Submission) -> str:
    return submission.sender.name


def _pool(
    factory: Callable[[], Actor[Message, Reply]],
    mailbox: int,
    batch: int,
    settings: Settings,
    *,
    sender: Callable[[Message], str] | None = None,
    weigh: Callable[[Message], int] | None = None,
    max_expected_wait: float = math.inf,
    max_wait: float | None = None,
) -> ActorPool[Message, Reply]:
    """One actor, since a store has one writer; errors of clients and the store are expected."""
    return ActorPool(
        factory,
        size=1,
        capacity=mailbox,
        batch=batch,
        sender=sender,
        weigh=weigh,
        max_expected_wait=max_expected_wait,
        max_wait=max_wait,
        expected=(EcgError,),
        drain_timeout=settings.server.drain_seconds,
    )
