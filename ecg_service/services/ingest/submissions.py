"""Submits documents to the pool that reads and stores ECGs."""

import asyncio
import time
from dataclasses import dataclass, field
from uuid import UUID

from ecg_service.actors import ActorPool, ActorStopped, MailboxFull, MessageExpired
from ecg_service.domain.errors import KeyInUse, Overloaded
from ecg_service.domain.principal import Principal
from ecg_service.ports.formats import Format
from ecg_service.services.in_flight import BodiesInFlight, Room
from ecg_service.services.insights.backlog import Backlog

REFUSALS = (MailboxFull, MessageExpired, ActorStopped)
"""What the pool raises in place of handling a message."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A document as received, its format, its sender and its idempotency key, if it has one.

    It may come with `others`, which are stored together with it or not at all.
    """

    sender: Principal
    format: Format
    document: bytes
    received: float = field(default_factory=time.monotonic)
    key: str | None = None
    others: tuple[bytes, ...] | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """The id of a stored ECG; `replayed` if an earlier request stored it; those of its others."""

    ecg_id: UUID
    replayed: bool = False
    others: tuple["Receipt", ...] = ()


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

    def admit(self, sender: Principal, size: int, *, weight: int = 1) -> Room:
        """Reserve room for the sender's document of `size` bytes while it is received and stored.

        `weight` is the `memory` of its format.

        Raises `Overloaded` if there is none, if it would wait too long to be stored, if the
        insights of earlier ones are late, or if the pool has stopped.
        """
        if self.backlog.is_full or not self._pool.has_room(sender.name):
            raise Overloaded
        return self._in_flight.admit(sender.name, size, weight=weight)

    async def submit(
        self,
        sender: Principal,
        document_format: Format,
        document: bytes,
        *,
        key: str | None = None,
        others: tuple[bytes, ...] | None = None,
    ) -> Receipt:
        """Store the ECG; when this returns it is durable, with its ingest-time insights.

        With `others`, even none, all are stored or none is; what is raised names their places.
        Raises `KeyInUse` while another call with the same key of the sender runs.
        """
        submission = Submission(sender, document_format, document, key=key, others=others)
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
