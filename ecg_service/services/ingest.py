"""Ingests ECGs: a batch takes one core call per format and one durable transaction."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from ecg_service.actors import Actor, ActorPool, ActorStopped, MailboxFull, MessageExpired
from ecg_service.domain.ecg import Ecg
from ecg_service.domain.errors import EcgError, KeyInUse, Overloaded
from ecg_service.domain.ids import next_id
from ecg_service.domain.insights import Insight, InsightRecord, InsightState
from ecg_service.domain.principal import Principal
from ecg_service.domain.signals import Signal
from ecg_service.domain.stored import StoredEcg
from ecg_service.domain.submission import SubmittedEcg, fingerprint, valid_ecg
from ecg_service.ports.core import SignalCore
from ecg_service.ports.ecgs import EcgRepository
from ecg_service.ports.formats import Format
from ecg_service.ports.insights import InsightQueue
from ecg_service.services.backlog import Backlog
from ecg_service.services.in_flight import BodiesInFlight, Room
from ecg_service.services.insight_costs import InsightCosts

REFUSALS = (MailboxFull, MessageExpired, ActorStopped)
"""What the pool raises in place of handling a message."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A document as received, its format, its sender and its idempotency key, if it has one."""

    sender: Principal
    format: Format
    document: bytes
    received: float = field(default_factory=time.monotonic)
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """The id of a stored ECG; `replayed` if an earlier request stored it."""

    ecg_id: UUID
    replayed: bool = False


class Ingest:
    """Submits documents to the ingest pool; bounds their number and their bytes."""

    def __init__(
        self, pool: ActorPool[Submission, Receipt], in_flight: BodiesInFlight, backlog: Backlog
    ) -> None:
        self._pool = pool
        self._in_flight = in_flight
        self.backlog = backlog
        self._keys: set[tuple[str, str]] = set()

    @property
    def running(self) -> bool:
        """Whether documents are accepted at all."""
        return self._pool.running

    def admit(self, sender: Principal, size: int) -> Room:
        """Reserve room for the sender's document of `size` bytes while it is received and stored.

        Raises `Overloaded` if there is none, if the insights of earlier ones are late, or if the
        pool has stopped.
        """
        if not self._pool.running or self.backlog.is_full:
            raise Overloaded
        return self._in_flight.admit(sender.name, size)

    async def submit(
        self,
        sender: Principal,
        document_format: Format,
        document: bytes,
        *,
        key: str | None = None,
    ) -> Receipt:
        """Store the ECG; when this returns it is durable, with its ingest-time insights.

        Raises `KeyInUse` while another call with the same key of the sender runs.
        """
        submission = Submission(sender, document_format, document, key=key)
        if key is None:
            return await self._ask(submission)
        name = (sender.name, key)
        if name in self._keys:
            raise KeyInUse
        self._keys.add(name)
        try:
            return await self._ask(submission)
        finally:
            self._keys.discard(name)

    async def _ask(self, submission: Submission) -> Receipt:
        try:
            with self._in_flight.work:
                return await self._pool.ask(submission)
        except REFUSALS as error:
            raise Overloaded from error

    def begin(
        self, sender: Principal, document_format: Format, document: bytes
    ) -> asyncio.Future[Receipt]:
        """Do what `submit` does, without waiting; raises `Overloaded`. See `outcome_of`."""
        try:
            reply = self._pool.request(Submission(sender, document_format, document))
        except REFUSALS as error:
            raise Overloaded from error
        self._in_flight.work.begin()
        reply.add_done_callback(self._in_flight.work.end)
        return reply


def outcome_of(reply: asyncio.Future[Receipt]) -> Receipt | BaseException:
    """Return how a submission that has ended did, as `submit` returns or raises it."""
    error = reply.exception()
    if error is None:
        return reply.result()
    return Overloaded() if isinstance(error, REFUSALS) else error


class IngestActor(Actor[Submission, Receipt]):
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
    ) -> None:
        self._core = core
        self._ecgs = ecgs
        self._queue = queue
        self._insights = insights
        self._costs = costs
        self._max_leads = max_leads
        self._max_seconds = max_seconds

    async def handle(self, batch: Sequence[Submission], /) -> Sequence[Receipt | Exception]:
        """Return a receipt or an error for each; a rejected ECG fails only its own request."""
        found: list[StoredEcg | EcgError] = []

        def read() -> list[StoredEcg]:
            found[:] = self._read(batch)
            return _new(found)

        until = min(submission.received for submission in batch) + self._max_seconds
        answers = iter(await self._ecgs.add_read(read, until=until))
        self._queue.put(one.ecg.id for one in _new(found) if _has_pending(one))
        return [one if isinstance(one, EcgError) else _receipt(one, next(answers)) for one in found]

    def _read(self, batch: Sequence[Submission]) -> list[StoredEcg | EcgError]:
        """Read the batch, one core call per format."""
        read: dict[int, StoredEcg | EcgError] = {}
        for document_format in dict.fromkeys(submission.format for submission in batch):
            places = [place for place, one in enumerate(batch) if one.format is document_format]
            submissions = [batch[place] for place in places]
            read.update(zip(places, self._read_one(document_format, submissions), strict=True))
        return [read[place] for place in range(len(batch))]

    def _read_one(
        self, document_format: Format, submissions: Sequence[Submission]
    ) -> list[StoredEcg | EcgError]:
        def assemble(
            index: int, submitted: SubmittedEcg, signals: Sequence[Signal], blob: bytes
        ) -> StoredEcg:
            return self._assemble(submissions[index], submitted, signals, blob)

        documents = [submission.document for submission in submissions]
        with self._costs.reading(len(documents)):
            return self._core.read(document_format, documents, assemble, max_leads=self._max_leads)

    def _assemble(
        self,
        submission: Submission,
        submitted: SubmittedEcg,
        signals: Sequence[Signal],
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

    def _begin(self, insight: Insight, ecg: Ecg, signals: Sequence[Signal]) -> InsightRecord:
        """Compute an insight that belongs to ingest or is cheap; a cheap one that fails stays pending."""
        if insight.when == "ingest":
            return insight.done(ecg, insight.compute(ecg, signals))
        if not self._costs.is_cheap(insight):
            return insight.pending(ecg)
        try:
            return insight.done(ecg, self._costs.compute(insight, ecg, signals))
        except Exception:  # noqa: BLE001 - its next run says why
            return insight.pending(ecg)


def _new(found: Sequence[StoredEcg | EcgError]) -> list[StoredEcg]:
    return [one for one in found if isinstance(one, StoredEcg)]


def _has_pending(one: StoredEcg) -> bool:
    return any(record.state is InsightState.PENDING for record in one.insights)


def _receipt(new: StoredEcg, answer: UUID | EcgError) -> Receipt | EcgError:
    if isinstance(answer, EcgError):
        return answer
    return Receipt(answer, replayed=answer != new.ecg.id)
