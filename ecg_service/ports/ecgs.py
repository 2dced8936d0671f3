"""Where ECGs are kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from ecg_service.domain.ecg import Cursor, Ecg, Recording
from ecg_service.domain.errors import EcgIdTaken
from ecg_service.domain.insights import InsightRecord


class NewEcg(Struct, frozen=True):
    """What is committed together: the ECG, its samples and the state of its insights.

    `fingerprint` identifies the content as sent and is set when the ECG has a `client_id`.
    """

    recording: Recording
    insights: tuple[InsightRecord, ...]
    fingerprint: bytes | None = None


class EcgRepository(Protocol):
    """ECGs, each reachable by its owner only.

    Every method raises `StorageUnavailable` (or `StorageFull`) when the store fails, and
    `EcgNotFound` for an id that is unknown or another owner's: the two cannot be told apart.
    """

    async def add_many(self, new: Sequence[NewEcg]) -> list[UUID | EcgIdTaken]:
        """Store all in one durable transaction; answer each, in order, with its id.

        Where owner and `client_id` are stored already, nothing is added: the answer is the
        earlier ECG's id if the fingerprints are equal, else `EcgIdTaken`.
        """
        ...

    async def get(self, owner: str, ecg_id: UUID) -> Ecg:
        """Return the ECG without its samples."""
        ...

    async def recording(self, owner: str, ecg_id: UUID) -> Recording:
        """Return the ECG with its packed samples."""
        ...

    async def page(
        self,
        owner: str,
        *,
        limit: int,
        since: datetime | None = None,
        until: datetime | None = None,
        after: Cursor | None = None,
    ) -> list[Ecg]:
        """Return at most `limit` ECGs with since <= date < until, newest first, older than `after`.

        ECGs of the same date come in descending order of id.
        """
        ...

    async def insights(self, owner: str, ecg_id: UUID) -> list[InsightRecord]:
        """Return the ECG's insights in order of name."""
        ...

    async def delete(self, owner: str, ecg_id: UUID) -> None:
        """Remove the ECG, its samples and its insights."""
        ...

    async def ping(self) -> None:
        """Return if an ECG could be stored now, else raise `StorageUnavailable`."""
        ...
