"""Who computes insights in the background: this process, or workers behind a broker."""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from importlib import import_module
from types import MappingProxyType, ModuleType
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from ecg_service.actors import ActorPool
from ecg_service.adapters.insight_queue import ActorInsightQueue
from ecg_service.adapters.urls import is_loopback
from ecg_service.bootstrap.spellings import BROKERS, advice
from ecg_service.bootstrap.stores import configured_database
from ecg_service.domain.traces import Traces
from ecg_service.ports.insights import InsightQueue
from ecg_service.settings import BadSettings, Settings, masked, variable

IN_PROCESS, CELERY = "in-process", "celery"
SCHEMES = ("amqp://", "amqps://")
MAX_QUEUE_NAME = 200
"""Bytes; the broker takes 255, of which the name of the queue beside it needs some more."""


def _check_url(url: str) -> None:
    if not url.startswith(SCHEMES):
        neither = f"begins with neither {' nor '.join(SCHEMES)}"
        raise ValueError(f"{masked(url)!r} {neither}{advice(url, BROKERS)}")
    parts = urlsplit(url)
    if parts.username in {None, "", "guest"} and not is_loopback(parts.hostname or "localhost"):
        raise ValueError(f"{masked(url)!r} must have a user of its own: guest is for loopback only")


def _check_queue(name: str) -> None:
    if not name or name.startswith("amq.") or len(name.encode()) > MAX_QUEUE_NAME:
        raise ValueError(f"must have 1 to {MAX_QUEUE_NAME} bytes and not begin with 'amq.'")


RULES: Mapping[str, Callable[[str], None]] = MappingProxyType(
    {"broker_url": _check_url, "broker_queue": _check_queue}
)
"""What is allowed, by the name of the setting; each raises `ValueError`."""


def are_elsewhere(settings: Settings) -> bool:
    """Whether other processes compute; raises `BadSettings` if they cannot reach the database."""
    if settings.broker.tasks == IN_PROCESS:
        return False
    database = configured_database(settings)
    if not database.is_served:
        msg = f"{variable('tasks')}: workers cannot share {database}; use PostgreSQL"
        raise BadSettings(msg)
    return True


def celery_adapter() -> ModuleType:
    """Import the adapter, which takes as long as all the rest: only who uses it waits for it."""
    return import_module("ecg_service.adapters.celery")


def broker(settings: Settings) -> Any:  # noqa: ANN401 - of the adapter
    """Return where the adapter finds the broker."""
    group = settings.broker
    return celery_adapter().Broker(group.broker_url, group.broker_queue, group.broker_seconds)


@asynccontextmanager
async def insight_queue(
    make_pool: Callable[[], ActorPool[UUID, None]],
    settings: Settings,
    *,
    elsewhere: bool,
    traces: Traces | None = None,
) -> AsyncGenerator[InsightQueue]:
    """Yield the queue of whoever computes; a pool is made only if this process does."""
    if elsewhere:
        async with celery_adapter().publishing(
            broker(settings),
            capacity=settings.insights.insight_mailbox,
            batch=settings.insights.insight_batch,
            drain_timeout=settings.server.drain_seconds,
            traces=traces,
        ) as queue:
            yield queue
    else:
        async with make_pool() as pool:
            yield ActorInsightQueue(pool)
