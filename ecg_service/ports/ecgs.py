"""The repository of ECGs."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from ecg_service.domain.ecg import Cursor, Ecg, UnreadableEcg
from ecg_service.domain.principal import Principal
from ecg_service.domain.stored import Added, StoredEcg
from ecg_service.ports.core import PackedBlob

T = TypeVar("T")

Names = Sequence[str] | None
"""The names of the insights that are needed, in order; None for all."""
Owned = tuple[str, UUID]
"""The owner and the id of an ECG."""


class EcgRepository(Protocol):
    """ECGs, each accessible to its owner only.

    Every method raises `StorageUnavailable` (or `StorageFull`) when the store fails, and
    `EcgNotFound` for an id that is unknown or another owner's: the two are indistinguishable.
    """

    async def add_many(
        self, new: Sequence[StoredEcg], *, until: float | None = None
    ) -> list[Added]:
        """Store all in one durable transaction; return the id of each, in order.

        An ECG that was submitted before is not stored again, and one whose sender may send no
        longer is refused; see `sift`. What is stored is remembered under its idempotency key,
        if it came with one, also when the ECG is deleted. `until` is when the call ends at the latest, by
        `time.monotonic`: if nothing was stored by then, nothing will be.
        """
        return await self.add_read(lambda: new, until=until)

    async def add_read(
        self,
        read: Callable[[], Sequence[StoredEcg]],
        *,
        until: float | None = None,
        together: bool = False,
    ) -> list[Added]:
        """Store all that `read` returns, as `add_many` does; `read` blocks, in a thread.

        That is the thread that stores, so that a batch goes there and back once. Raises what
        `read` raises. Nothing is written, or waited for, if it returns nothing. If they are stored
        `together`, nothing is stored if one is refused: raises as `require_all`.
        """
        ...

    async def add_long(self, new: StoredEcg, *, until: float | None = None) -> Added:
        """Store one ECG whose blob is large, as `add_many` does, so that other writes need not wait.

        Its samples are stored before it, some at a time; `until` is when the rest ends at the latest.
        """
        [answer] = await self.add_many([new], until=until)
        return answer

    async def get(
        self, owner: str, ecg_id: UUID, *, samples: bool = True, insights: Names = None
    ) -> StoredEcg:
        """Return the ECG with its insights and, if asked for, its samples, from one snapshot.

        Of the insights those named, or all. Raises `DamagedEcg` if the metadata do not match
        their checksum.
        """
        ...

    async def read(
        self,
        owner: str,
        ecg_id: UUID,
        use: Callable[[StoredEcg, PackedBlob], T],
        *,
        insights: Names = None,
    ) -> T:
        """Return `use` of the ECG with its insights and of its samples, called off the event loop.

        It reads of them what it needs, all of one snapshot, so that what is made of them costs no
        second change of threads. `insights` as for `get`.
        """
        ...

    async def page(
        self,
        owner: str,
        *,
        limit: int,
        since: datetime | None = None,
        until: datetime | None = None,
        after: Cursor | None = None,
        max_bytes: int | None = None,
    ) -> list[Ecg | UnreadableEcg]:
        """Return at most `limit` ECGs with since <= date < until, newest first, older than `after`.

        ECGs of the same date come in descending order of id. Of a damaged one comes its place.
        The ECG that brings them to `max_bytes` is the last one; see `fill`.
        """
        ...

    async def delete(self, owner: str, ecg_id: UUID, *, by: Principal | None = None) -> None:
        """Remove the ECG, its samples and its insights; raises as `require_current` does."""
        ...

    async def find(self, *, before: UUID, owner: str | None = None, limit: int) -> list[Owned]:
        """Return at most `limit` ECGs with lesser ids, of one owner or of all, in any order.

        Ids are made in order of receipt. Damaged ECGs are found, too.
        """
        ...

    async def delete_many(self, ecgs: Sequence[Owned]) -> None:
        """Remove those that are there, with their samples and insights, in one transaction."""
        ...

    async def scrub(self) -> None:
        """Overwrite what is left of deleted ECGs outside of the tables, where the store can."""

    async def forget_keys(self, older: UUID, *, owner: str | None = None, limit: int) -> int:
        """Forget at most `limit` idempotency keys of ECGs with lesser ids; return how many.

        Those of one owner, or of all.
        """
        ...

    async def generation(self) -> bytes:
        """Return what stands for all that was read of ECGs and insights since it was renewed.

        All who share the store have the same one. A cache marks with it what it keeps, so that
        whoever renews it makes all of that worthless, also where nobody can reach the cache.
        """
        ...

    async def renew_generation(self) -> None:
        """Replace the generation by one that was never there."""
        ...

    async def ping(self) -> None:
        """Commit a write as large as an ECG, or raise `StorageUnavailable`."""
        ...
