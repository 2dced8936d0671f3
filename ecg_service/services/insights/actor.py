"""Computes pending insights."""

import logging
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from uuid import UUID

from msgspec.structs import replace

from ecg_service.actors import Actor
from ecg_service.domain.ecg import Ecg
from ecg_service.domain.errors import EcgError, StorageUnavailable
from ecg_service.domain.insights import Insight, InsightRecord
from ecg_service.domain.signals import Samples
from ecg_service.domain.stored import StoredEcg
from ecg_service.domain.traces import Traces, going_on
from ecg_service.ports.core import SignalCore
from ecg_service.ports.insights import InsightRepository
from ecg_service.services.insights.changes import InsightChanges
from ecg_service.services.insights.costs import InsightCosts

logger = logging.getLogger(__name__)

NO_ATTEMPT_ENDED = "no attempt came to an end"


class InsightActor(Actor[UUID, None]):
    """Claims the pending insights of a batch of ECGs, computes them and commits the results.

    Each batch waits for its turn. What it ends is announced.
    """

    def __init__(
        self,
        repository: InsightRepository,
        core: SignalCore,
        insights: Sequence[Insight],
        changes: InsightChanges,
        *,
        turns: AbstractAsyncContextManager[object],
        costs: InsightCosts,
        max_attempts: int,
        traces: Traces | None = None,
    ) -> None:
        self._repository = repository
        self._core = core
        self._turns = turns
        self._changes = changes
        self._costs = costs
        self._insights: Mapping[str, Insight] = {insight.name: insight for insight in insights}
        self._max_attempts = max_attempts
        self._traces = traces
        self._unstored: list[InsightRecord] = []

    async def handle(self, batch: Sequence[UUID], /) -> Sequence[Exception | None]:
        """Leave every claimed insight done, failed or, to be retried, pending."""
        async with self._turns:
            with going_on(self._traces, "compute insights", "consumer", batch):
                await self._work(batch)
        return [None] * len(batch)

    async def _work(self, batch: Sequence[UUID]) -> None:
        await self._finish()
        claimed = await self._claim(batch)
        await self._end(claimed)
        for suspect in (stored for stored in claimed if not stored.insights):
            while alone := await self._claim([suspect.ecg.id]):
                await self._end(alone)
        self._changes.announce(batch)  # also what the store itself ended

    async def _claim(self, ecg_ids: Sequence[UUID]) -> list[StoredEcg]:
        """Claim all at once or, if one of the ECGs cannot be read, one by one."""
        try:
            now = await self._repository.now()
            return await self._repository.claim(ecg_ids, now=now)
        except StorageUnavailable as error:
            if len(ecg_ids) == 1:
                logger.warning("ECG %s cannot be claimed: %s", ecg_ids[0], error)
                return []
        return [stored for ecg_id in ecg_ids for stored in await self._claim([ecg_id])]

    async def _end(self, claimed: Sequence[StoredEcg]) -> None:
        self._unstored += [
            self._failed(record, TimeoutError(NO_ATTEMPT_ENDED))
            for stored in claimed
            for record in stored.insights
            if self._is_deadly(record)
        ]
        self._unstored += await self._run(
            [stored for stored in map(self._without_deadly, claimed) if stored.insights]
        )
        await self._finish()

    async def _finish(self) -> None:
        """Store the results; if the store fails, the next batch tries again."""
        await self._repository.finish(self._unstored)
        self._changes.announce(record.ecg_id for record in self._unstored)
        self._unstored = []

    def _is_deadly(self, record: InsightRecord) -> bool:
        """Whether it was cut short, besides the first time, in every attempt by itself."""
        return record.cut_short > self._max_attempts

    def _without_deadly(self, stored: StoredEcg) -> StoredEcg:
        left = tuple(r for r in stored.insights if not self._is_deadly(r))
        return replace(stored, insights=left)

    async def _run(self, claimed: Sequence[StoredEcg]) -> list[InsightRecord]:
        def compute(index: int, signals: Sequence[Samples]) -> list[InsightRecord]:
            ecg, records = claimed[index].ecg, claimed[index].insights
            return [self._compute(ecg, record, signals) for record in records]

        answers = await self._core.unpack(claimed, compute)
        return [
            record
            for stored, answer in zip(claimed, answers, strict=True)
            for record in self._ended(stored, answer)
        ]

    def _ended(
        self, stored: StoredEcg, answer: list[InsightRecord] | EcgError
    ) -> Sequence[InsightRecord]:
        if isinstance(answer, EcgError):
            return [self._failed(record, answer) for record in stored.insights]
        return answer

    def _compute(
        self, ecg: Ecg, record: InsightRecord, signals: Sequence[Samples]
    ) -> InsightRecord:
        try:
            insight = self._insights[record.name]
            return record.done(self._costs.compute(insight, ecg, signals), insight.version)
        except BaseException as error:  # noqa: BLE001 - fails this insight only, even a panic of the core
            return self._failed(record, error)

    def _failed(self, record: InsightRecord, error: BaseException) -> InsightRecord:
        self._costs.failed += 1
        reason = f"{type(error).__name__}: {error}"
        logger.warning("insight %s failed: %s", record.name, type(error).__name__)
        attempts = 0 if self._is_deadly(record) else self._max_attempts
        return record.failed(reason, max_attempts=attempts)
