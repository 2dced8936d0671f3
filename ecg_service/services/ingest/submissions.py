"""Submits documents to the pool that reads and stores ECGs."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from ecg_service.actors import ActorPool, ActorStopped, MailboxFull, MessageExpired
from ecg_service.domain.errors import EcgError, KeyInUse, Overloaded
from ecg_service.domain.principal import Principal
from ecg_service.domain.traces import TraceContext
from ecg_service.ports.formats import Format
from ecg_service.services.in_flight import BodiesInFlight, Room
from ecg_service.services.insights.backlog import Backlog

REFUSALS = (MailboxFull, MessageExpired, ActorStopped)
"""What the pool raises in place of handling a message."""


@dataclass(frozen=True, slots=True)
class Submission:
    """Documents as received, their format, their sender and their idempotency key, if any.

    Several come in one message since they were there at once; each is stored by itself, unless
    they are stored `together` or not at all. `trace` is the span of the request, if it is traced.
    """

    sender: Principal
    format: Format
    documents: Sequence[bytes]
    received: float = field(default_factory=time.monotonic)
    key: str | None = None
    together: bool = False
    trace: TraceContext | None = None

    @property
    def weight(self) -> int:
        """For how many messages this one counts, beside those of others."""
        return 1 if self.together else len(self.documents)


@dataclass(slots=True)
class Took:
    """The seconds that reading and storing a batch took, its waits for other writes among them.

    `started` is when it was read, `trace` the span of it, if one of its requests is traced.
    """

    parse: float = 0.0
    commit: float = 0.0
    started: float = 0.0
    trace: TraceContext | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """The id of a stored ECG; `replayed` if an earlier request stored it.

    Beside it how many samples the ECG has, and what its batch `took`.
    """

    ecg_id: UUID
    replayed: bool = False
    samples: int = field(default=0, compare=False)
    took: Took | None = field(default=None, compare=False)


Answers = Sequence[Receipt | EcgError]
"""To a submission: what became of each of its documents, in order."""


Pool = ActorPool[Submission, Answers]


@dataclass(frozen=True, slots=True)
class LongPool:
    """The pool of documents of more than `least` bytes, which would hold up all others."""

    pool: Pool
    least: int


class Ingest:
    """Submits documents to the ingest pool; bounds their number and their bytes."""

    def __init__(
        self,
        pool: Pool,
        in_flight: BodiesInFlight,
        backlog: Backlog,
        long: LongPool | None = None,
    ) -> None:
        self._pool = pool
        self._long = long
        self._in_flight = in_flight
        self.backlog = backlog
        self._keys: set[tuple[str, str]] = set()

    @property
    def running(self) -> bool:
        """Whether documents are accepted at all."""
        return self._pool.running

    def admit(self, sender: Principal, size: int, *, weight: int = 1) -> Room:
        """Reserve room for the sender's document of `size` bytes while it is received and stored.

        `weight` is the `memory` of its format.

        Raises `Overloaded` if there is none, if it would wait too long to be stored, if the
        insights of earlier ones are late, or if the pool has stopped.
        """
        if self.backlog.is_full or not self._pool_for(size).has_room(sender.name):
            raise Overloaded
        return self._in_flight.admit(sender.name, size, weight=weight)

    async def submit(
        self,
        sender: Principal,
        document_format: Format,
        document: bytes,
        *,
        key: str | None = None,
        trace: TraceContext | None = None,
    ) -> Receipt:
        """Store the ECG; when this returns it is durable, with its ingest-time insights.

        Raises `KeyInUse` while another call with the same key of the sender runs.
        """
        submission = Submission(sender, document_format, (document,), key=key, trace=trace)
        if key is None:
            return _stored(await self._ask(submission))
        name = (sender.name, key)
        if name in self._keys:
            raise KeyInUse
        self._keys.add(name)
        try:
            return _stored(await self._ask(submission))
        finally:
            self._keys.discard(name)

    async def submit_together(
        self,
        sender: Principal,
        document_format: Format,
        documents: Sequence[bytes],
        *,
        trace: TraceContext | None = None,
    ) -> Sequence[Receipt]:
        """Store all ECGs, or raise why none is; see `require_all`."""
        submission = Submission(sender, document_format, documents, together=True, trace=trace)
        return [*map(_stored, zip(await self._ask(submission), strict=True))]

    def _pool_of(self, submission: Submission) -> Pool:
        """Return the pool of the longest document; those stored together are short."""
        if submission.together:
            return self._pool
        return self._pool_for(max(map(len, submission.documents)))

    def _pool_for(self, size: int) -> Pool:
        return self._long.pool if self._long and size > self._long.least else self._pool

    async def _ask(self, submission: Submission) -> Answers:
        try:
            with self._in_flight.work:
                return await self._pool_of(submission).ask(submission)
        except REFUSALS as error:
            raise Overloaded from error

    def room(self, sender: Principal) -> int:
        """Return how many documents of the sender `begin` would take now."""
        return self._pool.room(sender.name)

    def begin(
        self,
        sender: Principal,
        document_format: Format,
        documents: Sequence[bytes],
        *,
        trace: TraceContext | None = None,
    ) -> asyncio.Future[Answers]:
        """Submit several documents, each as by `submit`, and do not wait; raises `Overloaded`.

        See `outcomes_of`.
        """
        try:
            submission = Submission(sender, document_format, documents, trace=trace)
            reply = self._pool_of(submission).request(submission)
        except REFUSALS as error:
            raise Overloaded from error
        self._in_flight.work.begin()
        reply.add_done_callback(self._in_flight.work.end)
        return reply


def _stored(answers: Answers) -> Receipt:
    [answer] = answers
    try:
        if isinstance(answer, EcgError):
            raise answer
        return answer
    finally:
        del answer, answers  # or the error, whose traceback has this frame, would be in a cycle


def outcomes_of(
    reply: asyncio.Future[Answers], documents: int
) -> Sequence[Receipt | BaseException]:
    """Return how each document of a submission that has ended did."""
    error = reply.exception()
    if error is None:
        return reply.result()
    return [Overloaded() if isinstance(error, REFUSALS) else error] * documents
