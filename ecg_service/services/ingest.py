"""Takes ECGs in: many bodies, one call of the core, one durable transaction."""

import hashlib
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import msgspec
from uuid_utils.compat import uuid7

from ecg_service.actors import Actor, ActorPool, ActorStopped, MailboxFull
from ecg_service.domain.ecg import Draft, Ecg, Reading, Recording, Signal
from ecg_service.domain.errors import EcgError, Overloaded
from ecg_service.domain.insights import Insight, InsightRecord, InsightState
from ecg_service.ports.core import SignalCore
from ecg_service.ports.ecgs import EcgRepository, NewEcg
from ecg_service.ports.insights import InsightQueue
from ecg_service.services.traffic import Traffic


@dataclass(frozen=True, slots=True)
class Submission:
    """A body as it came, and who sent it."""

    owner: str
    body: bytes


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
        """Hold room for a body of `size` bytes while it is received and stored.

        Raises `Overloaded` when there is no room, or nobody to store it.
        """
        if not self._pool.running:
            raise Overloaded
        return self._traffic.admit(size)

    async def submit(self, owner: str, body: bytes) -> Receipt:
        """Store the ECG; it is durable, with its first insights, when this returns."""
        try:
            return await self._pool.ask(Submission(owner, body))
        except (MailboxFull, ActorStopped) as error:
            raise Overloaded from error


class IngestActor(Actor[Submission, Receipt]):
    """Reads a batch of bodies together and commits them together."""

    def __init__(
        self,
        core: SignalCore,
        ecgs: EcgRepository,
        queue: InsightQueue,
        insights: Sequence[Insight],
        decode: Callable[[Reading], Draft],
    ) -> None:
        self._core = core
        self._ecgs = ecgs
        self._queue = queue
        self._insights = insights
        self._decode = decode

    async def handle(self, batch: Sequence[Submission], /) -> Sequence[Receipt | Exception]:
        """Answer each with its receipt, or with the reason why it is refused."""

        def assemble(index: int, reading: Reading) -> NewEcg:
            return self._assemble(batch[index].owner, reading)

        read = await self._core.read([submission.body for submission in batch], assemble)
        stored = iter(await self._store([item for item in read if isinstance(item, NewEcg)]))
        return [item if isinstance(item, EcgError) else next(stored) for item in read]

    async def _store(self, new: Sequence[NewEcg]) -> list[Receipt | EcgError]:
        if not new:
            return []
        answers = await self._ecgs.add_many(new)
        self._queue.put(item.recording.ecg.id for item in new)
        return [_receipt(item, answer) for item, answer in zip(new, answers, strict=True)]

    def _assemble(self, owner: str, reading: Reading) -> NewEcg:
        draft = self._decode(reading)
        ecg = Ecg(
            id=uuid7(),
            owner=owner,
            date=draft.date or datetime.now(UTC),
            leads=draft.leads,
            sampling_rate=draft.sampling_rate,
            client_id=draft.client_id,
        )
        return NewEcg(
            recording=Recording(ecg, reading.blob),
            insights=tuple(_start(insight, ecg, reading.signals) for insight in self._insights),
            fingerprint=_fingerprint(draft, reading.signals) if draft.client_id else None,
        )


def _start(insight: Insight, ecg: Ecg, signals: Sequence[Signal]) -> InsightRecord:
    if insight.when == "background":
        return InsightRecord(ecg.id, insight.name, insight.version)
    return InsightRecord(
        ecg.id,
        insight.name,
        insight.version,
        state=InsightState.DONE,
        attempts=1,
        result=insight.compute(ecg, signals),
    )


def _receipt(new: NewEcg, answer: UUID | EcgError) -> Receipt | EcgError:
    if isinstance(answer, EcgError):
        return answer
    return Receipt(answer, replayed=answer != new.recording.ecg.id)


def _fingerprint(draft: Draft, signals: Sequence[Signal]) -> bytes:
    """Digest what was sent, not how it was spelled: neither spaces nor order of keys count."""
    digest = hashlib.sha256(msgspec.json.encode(draft))
    for signal in signals:
        digest.update(signal.to_json())
    return digest.digest()
