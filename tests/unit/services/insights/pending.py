"""ECGs with pending insights, and what computes and sweeps them."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import ecg_core
from ecg_service.adapters.core import RustCore
from ecg_service.adapters.memory import MemoryStore
from ecg_service.domain.ecg import Ecg, Lead
from ecg_service.domain.insights import Insight, InsightRecord
from ecg_service.domain.signals import Samples
from ecg_service.domain.stored import StoredEcg
from ecg_service.ports.insights import InsightQueue, InsightRepository
from ecg_service.services.in_flight import BodiesInFlight
from ecg_service.services.insights.actor import InsightActor
from ecg_service.services.insights.backlog import Backlog
from ecg_service.services.insights.changes import InsightChanges
from ecg_service.services.insights.costs import InsightCosts
from ecg_service.services.insights.sweeper import Sweeper
from ecg_service.services.insights.turns import Turns
from tests.contract.builders import insights_of

OWNER = "ann"
Compute = Callable[[Ecg, Sequence[Samples]], Any]


def length(_: Ecg, signals: Sequence[Samples]) -> list[int]:
    return [len(signal) for signal in signals]


def constant(result: object) -> Compute:
    def compute(_: Ecg, __: Sequence[Samples]) -> object:
        return result

    return compute


def raising(error: BaseException) -> Compute:
    def compute(_: Ecg, __: Sequence[Samples]) -> object:
        raise error

    return compute


async def stored(store: MemoryStore, *names: str, blob: bytes | None = None) -> UUID:
    """Add an ECG for which insights of these names are pending."""
    key = uuid4()
    ecg = Ecg(key, OWNER, datetime.now(UTC), (Lead("I", 3),))
    records = tuple(InsightRecord(key, name, 1) for name in names)
    packed = ecg_core.pack([ecg_core.Signal([1, -2, 3])]) if blob is None else blob
    await store.ecgs.add_many([StoredEcg(ecg, records, packed)])
    return key


async def record(store: MemoryStore, key: UUID) -> InsightRecord:
    [found] = await insights_of(store, OWNER, key)
    return found


def actor(
    repository: InsightRepository, core: RustCore, *insights: Insight, max_attempts: int = 3
) -> InsightActor:
    backlog = Backlog(repository, max_seconds=60)
    return InsightActor(
        repository,
        core,
        insights,
        InsightChanges(),
        turns=Turns(BodiesInFlight(max_bytes=1), backlog, share=1, max_delay=0),
        costs=InsightCosts(0),
        max_attempts=max_attempts,
    )


def sweeper(
    store: MemoryStore, queue: InsightQueue, *insights: Insight, lease: float = 60, limit: int = 9
) -> Sweeper:
    return Sweeper(store.insights, queue, insights, interval=0.01, lease=lease, limit=limit)


LENGTH = Insight("length", 1, length)
