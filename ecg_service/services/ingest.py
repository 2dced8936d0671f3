"""Takes ECGs in: many documents, one call of the core a format, one durable transaction."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from ecg_service.actors import Actor, ActorPool, ActorStopped, MailboxFull
from ecg_service.domain.errors import EcgError, Overloaded
from ecg_service.domain.insights import Insight
from ecg_service.domain.signals import Signal
from ecg_service.domain.stored import StoredEcg
from ecg_service.domain.submission import SubmittedEcg, fingerprint, valid_ecg
from ecg_service.ports.core import SignalCore
from ecg_service.ports.ecgs import EcgRepository
from ecg_service.ports.formats import Format
from ecg_service.ports.insights import InsightQueue
from ecg_service.services.traffic import Traffic


@dataclass(frozen=True, slots=True)
class Submission:
    """A document as it came, its format, and who sent it."""

    owner: str
    format: Format
    document: bytes


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where the ECG is; `replayed` if an earlier request had stored it already."""

    ecg_id: UUID
    replayed: bool = False


class Ingest:
    """The door to the ingest pool; what is on its way in is bounded in number and in bytes."""

    def __init__(self, pool: ActorPool[Submission, Receipt], traffic: Traffic) -> None:
        self._pool = pool
        self._traffic = traffic

    def admit(self, size: int) -> AbstractContextManager[None]:
        """Hold room for a document of `size` bytes while it is received and stored.

        Raises `Overloaded` when there is no room, or nobody to store it.
        """
        if not self._pool.running:
            raise Overloaded
        return self._traffic.admit(size)

    async def submit(self, owner: str, document_format: Format, document: bytes) -> Receipt:
        """Store the ECG; it is durable, with its first insights, when this returns."""
        try:
            return await self._pool.ask(Submission(owner, document_format, document))
        except (MailboxFull, ActorStopped) as error:
            raise Overloaded from error


class IngestActor(Actor[Submission, Receipt]):
    """Reads a batch of documents together and commits them together."""

    def __init__(
        self,
        core: SignalCore,
        ecgs: EcgRepository,
        queue: InsightQueue,
        insights: Sequence[Insight],
    ) -> None:
        self._core = core
        self._ecgs = ecgs
        self._queue = queue
        self._insights = insights

    async def handle(self, batch: Sequence[Submission], /) -> Sequence[Receipt | Exception]:
        """Answer each with its receipt, or with the reason why it is refused."""
        read = await self._read(batch)
        stored = iter(await self._store([item for item in read if isinstance(item, StoredEcg)]))
        return [item if isinstance(item, EcgError) else next(stored) for item in read]

    async def _read(self, batch: Sequence[Submission]) -> list[StoredEcg | EcgError]:
        """Read the batch, a format at a time."""
        read: dict[int, StoredEcg | EcgError] = {}
        for known in dict.fromkeys(submission.format for submission in batch):
            places = [place for place, one in enumerate(batch) if one.format is known]
            alike = [batch[place] for place in places]
            read.update(zip(places, await self._read_alike(known, alike), strict=True))
        return [read[place] for place in range(len(batch))]

    async def _read_alike(
        self, document_format: Format, alike: Sequence[Submission]
    ) -> list[StoredEcg | EcgError]:
        def assemble(
            index: int, submitted: SubmittedEcg, signals: Sequence[Signal], blob: bytes
        ) -> StoredEcg:
            return self._assemble(alike[index].owner, submitted, signals, blob)

        documents = [submission.document for submission in alike]
        return await self._core.read(document_format, documents, assemble)

    def _assemble(
        self, owner: str, submitted: SubmittedEcg, signals: Sequence[Signal], blob: bytes
    ) -> StoredEcg:
        ecg = valid_ecg(submitted, signals, ecg_id=uuid7(), owner=owner, received=datetime.now(UTC))
        return StoredEcg(
            ecg,
            insights=tuple(insight.start(ecg, signals) for insight in self._insights),
            blob=blob,
            fingerprint=fingerprint(submitted, ecg, signals) if ecg.client_id else None,
        )

    async def _store(self, new: Sequence[StoredEcg]) -> list[Receipt | EcgError]:
        if not new:
            return []
        answers = await self._ecgs.add_many(new)
        self._queue.put(one.ecg.id for one in new)
        return [_receipt(one, answer) for one, answer in zip(new, answers, strict=True)]


def _receipt(new: StoredEcg, answer: UUID | EcgError) -> Receipt | EcgError:
    if isinstance(answer, EcgError):
        return answer
    return Receipt(answer, replayed=answer != new.ecg.id)
