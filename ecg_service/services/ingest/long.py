"""Reads and stores long recordings, one at a time."""

import asyncio
from collections.abc import Sequence
from time import perf_counter

from ecg_service.domain.errors import EcgError
from ecg_service.domain.insights import Insight
from ecg_service.domain.stored import StoredEcg
from ecg_service.services.ingest.actor import IngestActor, receipt_of
from ecg_service.services.ingest.submissions import Receipt, Submission, Took


class LongIngestActor(IngestActor):
    """Reads long recordings one by one, beside the others, and stores each so that others need not wait.

    Their insights are computed at once: to read the samples again would cost more.
    """

    async def _read_and_store(
        self, batch: Sequence[Submission], took: Took, *, until: float, together: bool
    ) -> list[Receipt | EcgError]:
        del together  # those are short
        took.started = perf_counter()
        found = await asyncio.to_thread(self._read, batch)
        took.parse = perf_counter() - took.started
        return [await self._store_long(one, took, until=until) for one in found]

    async def _store_long(
        self, found: StoredEcg | EcgError, took: Took, *, until: float
    ) -> Receipt | EcgError:
        if isinstance(found, EcgError):
            return found
        begun = perf_counter()
        answer = await self._ecgs.add_long(found, until=until)
        took.commit += perf_counter() - begun
        self._announce([found], took)
        return receipt_of(found, answer, took)

    def _is_cheap(self, insight: Insight) -> bool:  # noqa: ARG002
        return True
