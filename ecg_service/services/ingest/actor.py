"""Reads and stores ECGs: a batch takes one core call per format and one durable transaction."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import islice
from time import perf_counter
from uuid import UUID

from ecg_service.actors import Actor
from ecg_service.domain.ecg import Ecg
from ecg_service.domain.errors import EcgError
from ecg_service.domain.ids import next_id
from ecg_service.domain.insights import Insight, InsightRecord, InsightState
from ecg_service.domain.signals import Samples
from ecg_service.domain.stored import StoredEcg
from ecg_service.domain.submission import SubmittedEcg, fingerprint, valid_ecg
from ecg_service.domain.together import require_all
from ecg_service.domain.traces import Fact, TraceContext, Traces
from ecg_service.ports.core import SignalCore
from ecg_service.ports.ecgs import EcgRepository
from ecg_service.ports.formats import Format
from ecg_service.ports.insights import InsightQueue
from ecg_service.services.ingest.submissions import Answers, Receipt, Submission, Took
from ecg_service.services.insights.costs import InsightCosts


class IngestActor(Actor[Submission, Answers]):
    """Reads a batch of documents together and commits them together.

    Whatever holds it up, they are answered `max_seconds` after the first of them was received.
    """

    def __init__(
        self,
        core: SignalCore,
        ecgs: EcgRepository,
        queue: InsightQueue,
        insights: Sequence[Insight],
        costs: InsightCosts,
        *,
        max_leads: int,
        max_seconds: float,
        traces: Traces | None = None,
    ) -> None:
        self._core = core
        self._ecgs = ecgs
        self._queue = queue
        self._insights = insights
        self._costs = costs
        self._max_leads = max_leads
        self._max_seconds = max_seconds
        self._traces = traces

    async def handle(self, batch: Sequence[Submission], /) -> Sequence[Answers | Exception]:
        """Return a receipt or an error for each document; a rejected one fails only itself.

        Those that are stored together take a transaction of their own.
        """
        until = min(submission.received for submission in batch) + self._max_seconds
        alone = [one for one in batch if not one.together]
        answers = iter(await self._store(alone, until=until) if alone else ())
        return [
            await self._store_together(one, until=until)
            if one.together
            else [*islice(answers, len(one.documents))]
            for one in batch
        ]

    async def _store_together(self, one: Submission, *, until: float) -> Answers | Exception:
        try:
            return await self._store([one], until=until, together=True)
        except Exception as error:  # noqa: BLE001 - the rest of the batch is stored by now
            error.__cause__ = error.__context__ = None
            return error.with_traceback(None)

    async def _store(
        self, batch: Sequence[Submission], *, until: float, together: bool = False
    ) -> list[Receipt | EcgError]:
        took = Took()
        causes = _causes(batch) if self._traces else ()
        if self._traces is None or not causes:
            return await self._read_and_store(batch, took, until=until, together=together)
        count = sum(len(one.documents) for one in batch)
        facts: dict[str, Fact] = {"ecg.count": count, "ecg.requests": len(batch)}
        with self._traces.span("ingest batch", causes, facts) as took.trace:
            answers = await self._read_and_store(batch, took, until=until, together=together)
            parsed = took.started + took.parse
            self._traces.part("parse", took.trace, took.started, parsed)
            self._traces.part("commit", took.trace, parsed, perf_counter())
        return answers

    async def _read_and_store(
        self, batch: Sequence[Submission], took: Took, *, until: float, together: bool
    ) -> list[Receipt | EcgError]:
        found: list[StoredEcg | EcgError] = []
        begun = perf_counter()

        def read() -> list[StoredEcg]:
            took.started = perf_counter()
            found[:] = self._read(batch)
            took.parse = perf_counter() - took.started
            if together:
                require_all(found)
            return _new(found)

        answers = iter(await self._ecgs.add_read(read, until=until, together=together))
        took.commit = perf_counter() - begun - took.parse
        self._announce(_new(found), took)
        return [
            one if isinstance(one, EcgError) else receipt_of(one, next(answers), took)
            for one in found
        ]

    def _announce(self, stored: Sequence[StoredEcg], took: Took) -> None:
        """Tell of the ECGs that have pending insights, and of their trace."""
        pending = [one.ecg.id for one in stored if _has_pending(one)]
        if self._traces and took.trace:
            self._traces.follow(pending, took.trace)
        self._queue.put(pending)

    def _read(self, batch: Sequence[Submission]) -> list[StoredEcg | EcgError]:
        """Read the batch, one core call per format."""
        received = [(one, document) for one in batch for document in one.documents]
        read: dict[int, StoredEcg | EcgError] = {}
        for document_format in dict.fromkeys(one.format for one in batch):
            places = [at for at, (one, _) in enumerate(received) if one.format is document_format]
            found = self._read_one(document_format, [received[place] for place in places])
            read.update(zip(places, found, strict=True))
        return [read[place] for place in range(len(received))]

    def _read_one(
        self, document_format: Format, received: Sequence[tuple[Submission, bytes]]
    ) -> list[StoredEcg | EcgError]:
        def assemble(
            index: int, submitted: SubmittedEcg, signals: Sequence[Samples], blob: bytes
        ) -> StoredEcg:
            return self._assemble(received[index][0], submitted, signals, blob)

        documents = [document for _, document in received]
        with self._costs.reading(len(documents)):
            return self._core.read(document_format, documents, assemble, max_leads=self._max_leads)

    def _assemble(
        self,
        submission: Submission,
        submitted: SubmittedEcg,
        signals: Sequence[Samples],
        blob: bytes,
    ) -> StoredEcg:
        sender, key = submission.sender, submission.key
        ecg = valid_ecg(
            submitted, signals, ecg_id=next_id(), owner=sender.name, received=datetime.now(UTC)
        )
        return StoredEcg(
            ecg,
            insights=tuple(self._begin(insight, ecg, signals) for insight in self._insights),
            blob=blob,
            fingerprint=fingerprint(submitted, ecg, signals) if ecg.client_id or key else None,
            sender=sender,
            key=key,
        )

    def _begin(self, insight: Insight, ecg: Ecg, signals: Sequence[Samples]) -> InsightRecord:
        """Compute an insight that belongs to ingest or is cheap; a cheap one that fails stays pending."""
        if insight.when == "ingest":
            return insight.done(ecg, insight.compute(ecg, signals))
        if not self._is_cheap(insight):
            return insight.pending(ecg)
        try:
            return insight.done(ecg, self._costs.compute(insight, ecg, signals))
        except Exception:  # noqa: BLE001 - its next run says why
            return insight.pending(ecg)

    def _is_cheap(self, insight: Insight) -> bool:
        return self._costs.is_cheap(insight)


def _causes(batch: Sequence[Submission]) -> Sequence[TraceContext]:
    """Return the spans of the requests that are traced, each once: one may have sent many messages."""
    return tuple(dict.fromkeys(one.trace for one in batch if one.trace))


def _new(found: Sequence[StoredEcg | EcgError]) -> list[StoredEcg]:
    return [one for one in found if isinstance(one, StoredEcg)]


def _has_pending(one: StoredEcg) -> bool:
    return any(record.state is InsightState.PENDING for record in one.insights)


def receipt_of(new: StoredEcg, answer: UUID | EcgError, took: Took) -> Receipt | EcgError:
    """Return what the sender of an ECG is told, by the store's answer."""
    if isinstance(answer, EcgError):
        return answer
    return Receipt(answer, answer != new.ecg.id, new.ecg.num_samples, took)
