"""Computes what is pending; the repository is the truth, the queue only a hint."""

import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from msgspec.structs import replace

from ecg_service.actors import Actor
from ecg_service.domain.ecg import Signal
from ecg_service.domain.errors import EcgError, StorageUnavailable
from ecg_service.domain.insights import Claim, Insight, InsightRecord, InsightState
from ecg_service.ports.core import SignalCore
from ecg_service.ports.insights import InsightQueue, InsightRepository
from ecg_service.services.traffic import Traffic

logger = logging.getLogger(__name__)

MAX_REASON_LENGTH = 200
UNENDING = "no attempt came to an end"


class InsightActor(Actor[UUID, None]):
    """Claims the pending insights of a batch of ECGs, runs them and commits the results.

    While ECGs come in it gives way to them, for at most `max_delay` seconds a batch.
    """

    def __init__(
        self,
        repository: InsightRepository,
        core: SignalCore,
        insights: Sequence[Insight],
        traffic: Traffic,
        *,
        max_attempts: int,
        max_delay: float,
    ) -> None:
        self._repository = repository
        self._core = core
        self._traffic = traffic
        self._max_delay = max_delay
        self._insights: Mapping[str, Insight] = {insight.name: insight for insight in insights}
        self._max_attempts = max_attempts

    async def handle(self, batch: Sequence[UUID], /) -> Sequence[Exception | None]:
        """Leave every insight that could be claimed done, failed or (for a retry) pending."""
        await self._traffic.lull(within=self._max_delay)
        claims = await self._claim(batch)
        hopeless = [record for claim in claims for record in claim.records if self._spent(record)]
        claims = [claim for claim in map(self._hopeful, claims) if claim.records]

        def run(index: int, signals: Sequence[Signal]) -> list[InsightRecord]:
            return [self._run(claims[index], record, signals) for record in claims[index].records]

        answers = await self._core.unpack([claim.recording.blob for claim in claims], run)
        settled = [self._failed(record, TimeoutError(UNENDING)) for record in hopeless]
        settled += self._settled(claims, answers)
        await self._repository.finish(settled)
        return [None] * len(batch)

    def _hopeful(self, claim: Claim) -> Claim:
        return replace(claim, records=tuple(r for r in claim.records if not self._spent(r)))

    def _spent(self, record: InsightRecord) -> bool:
        """Whether every attempt was cut short: perhaps the ECG itself kills the process."""
        return record.attempts > self._max_attempts

    async def _claim(self, ecg_ids: Sequence[UUID]) -> list[Claim]:
        """Claim together or, where one ECG cannot even be read, each that can."""
        try:
            return await self._repository.claim(ecg_ids, now=datetime.now(UTC))
        except StorageUnavailable as error:
            if len(ecg_ids) == 1:
                logger.warning("ECG %s cannot be claimed: %s", ecg_ids[0], error)
                return []
        return [claim for ecg_id in ecg_ids for claim in await self._claim([ecg_id])]

    def _settled(
        self, claims: Sequence[Claim], answers: Sequence[list[InsightRecord] | EcgError]
    ) -> Iterator[InsightRecord]:
        for claim, answer in zip(claims, answers, strict=True):
            if isinstance(answer, EcgError):
                yield from (self._failed(record, answer) for record in claim.records)
            else:
                yield from answer

    def _run(self, claim: Claim, record: InsightRecord, signals: Sequence[Signal]) -> InsightRecord:
        try:
            insight = self._insights[record.name]
            result = insight.compute(claim.recording.ecg, signals)
        except BaseException as error:  # noqa: BLE001 - its own failure, even a panic of the core
            return self._failed(record, error)
        return replace(record, state=InsightState.DONE, result=result, version=insight.version)

    def _failed(self, record: InsightRecord, error: BaseException) -> InsightRecord:
        final = record.attempts >= self._max_attempts
        reason = f"{type(error).__name__}: {error}"[:MAX_REASON_LENGTH]
        logger.warning("insight %s failed: %s", record.name, type(error).__name__)
        state = InsightState.FAILED if final else InsightState.PENDING
        return replace(record, state=state, error=reason)


@dataclass(frozen=True, slots=True)
class Sweeper:
    """Finds insights that nobody works on: after a crash, a lost hint, or a new registration."""

    repository: InsightRepository
    queue: InsightQueue
    insights: Sequence[Insight]
    interval: float
    lease: float
    limit: int

    async def run(self) -> None:
        """Sweep at once and then every `interval` seconds, for ever."""
        while True:
            try:
                busy = await self.sweep()
            except EcgError as error:
                logger.warning("sweep failed: %s", type(error).__name__)
                busy = False
            except Exception:
                logger.exception("sweep failed")
                busy = False
            await asyncio.sleep(self.interval / 10 if busy else self.interval)

    async def sweep(self) -> bool:
        """Re-queue what is pending; whether there may be more of it."""
        for insight in self.insights:
            await self.repository.backfill(insight.name, insight.version, limit=self.limit)
        overdue = datetime.now(UTC) - timedelta(seconds=self.lease)
        await self.repository.release(claimed_before=overdue)
        pending = await self.repository.pending(limit=self.limit)
        self.queue.put(pending)
        return len(pending) == self.limit
