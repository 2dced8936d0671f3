"""ECGs in memory."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import islice
from typing import TypeVar
from uuid import UUID, uuid4

from msgspec.structs import replace

from ecg_service.adapters.memory.users import MemoryUsers
from ecg_service.adapters.whole_blob import WholeBlob
from ecg_service.domain.audit import actions
from ecg_service.domain.audit.events import of_ecgs
from ecg_service.domain.ecg import Cursor, Ecg, UnreadableEcg, fill
from ecg_service.domain.errors import EcgNotFound, StorageUnavailable
from ecg_service.domain.principal import Principal, require_current
from ecg_service.domain.stored import Added, IdAndFingerprint, StoredEcg, sift
from ecg_service.domain.together import require_all
from ecg_service.ports.core import PackedBlob
from ecg_service.ports.ecgs import EcgRepository, Names, Owned

T = TypeVar("T")

EcgsById = dict[UUID, StoredEcg]


class MemoryEcgs(EcgRepository):
    """The ECGs of a `MemoryStore`."""

    def __init__(self, stored: EcgsById, users: MemoryUsers) -> None:
        self._stored = stored
        self._users = users
        self._named: dict[tuple[str, str], IdAndFingerprint] = {}
        self._keys: dict[tuple[str, str], IdAndFingerprint] = {}
        self._generation = uuid4().bytes

    async def add_read(
        self,
        read: Callable[[], Sequence[StoredEcg]],
        *,
        until: float | None = None,
        together: bool = False,
    ) -> list[Added]:
        del until
        new = await asyncio.to_thread(read)
        fresh, answers = sift(
            new,
            find_id=lambda owner, client_id: self._named.get((owner, client_id)),
            find_key=lambda owner, key: self._keys.get((owner, key)),
            epoch_of=self._users.epoch_of,
            has_grant=self._users.has_grant,
        )
        if together:
            require_all(answers)
        ids = {one.ecg.id for one in fresh}
        if len(ids) < len(fresh) or not ids.isdisjoint(self._stored):
            raise StorageUnavailable("an id is stored already")
        for one in fresh:
            insights = tuple(sorted(one.insights, key=lambda record: record.name))
            self._stored[one.ecg.id] = replace(one, insights=insights)
            if one.ecg.client_id is not None:
                self._named[one.ecg.owner, one.ecg.client_id] = (one.ecg.id, one.fingerprint)
            if one.key is not None:
                self._keys[one.ecg.owner, one.key] = (one.ecg.id, one.fingerprint)
        self._users.note(*of_ecgs(new, answers))
        return answers

    async def get(
        self, owner: str, ecg_id: UUID, *, samples: bool = True, insights: Names = None
    ) -> StoredEcg:
        stored = self._with(owner, ecg_id, insights)
        return stored if samples else replace(stored, blob=b"")

    async def read(
        self,
        owner: str,
        ecg_id: UUID,
        use: Callable[[StoredEcg, PackedBlob], T],
        *,
        insights: Names = None,
    ) -> T:
        stored = self._with(owner, ecg_id, insights)
        return await asyncio.to_thread(use, replace(stored, blob=b""), WholeBlob(stored.blob))

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
        wanted = (
            stored.ecg
            for stored in self._stored.values()
            if stored.ecg.owner == owner
            and (since is None or stored.ecg.date >= since)
            and (until is None or stored.ecg.date < until)
            and (after is None or (stored.ecg.date, stored.ecg.id) < (after.date, after.id))
        )
        ordered = sorted(wanted, key=lambda ecg: (ecg.date, ecg.id), reverse=True)
        return [*fill(ordered[:limit], max_bytes)]

    async def delete(self, owner: str, ecg_id: UUID, *, by: Principal | None = None) -> None:
        require_current(by, self._users.epoch_of)
        self._delete(owner, ecg_id)
        self._users.note(actions.deleted(by, ecg_id))

    def _delete(self, owner: str, ecg_id: UUID) -> None:
        ecg = self._owned(owner, ecg_id).ecg
        del self._stored[ecg_id]
        if ecg.client_id is not None:
            del self._named[owner, ecg.client_id]

    async def find(self, *, before: UUID, owner: str | None = None, limit: int) -> list[Owned]:
        places = ((stored.ecg.owner, ecg_id) for ecg_id, stored in self._stored.items())
        wanted = ((name, one) for name, one in places if one < before and owner in (None, name))
        return [*islice(wanted, limit)]

    async def delete_many(self, ecgs: Sequence[Owned]) -> None:
        for owner, ecg_id in ecgs:
            with suppress(EcgNotFound):
                self._delete(owner, ecg_id)
        self._users.note(*actions.swept(len(ecgs)))

    async def forget_keys(self, older: UUID, *, owner: str | None = None, limit: int) -> int:
        old = sorted(
            (ecg_id, name)
            for name, (ecg_id, _) in self._keys.items()
            if ecg_id < older and owner in (None, name[0])
        )
        for _, name in old[:limit]:
            del self._keys[name]
        return len(old[:limit])

    async def generation(self) -> bytes:
        return self._generation

    async def renew_generation(self) -> None:
        self._generation = uuid4().bytes

    async def ping(self) -> None:
        return

    def _with(self, owner: str, ecg_id: UUID, insights: Names) -> StoredEcg:
        stored = self._owned(owner, ecg_id)
        wanted = [one for one in stored.insights if insights is None or one.name in insights]
        return StoredEcg(stored.ecg, tuple(wanted), stored.blob)

    def _owned(self, owner: str, ecg_id: UUID) -> StoredEcg:
        stored = self._stored.get(ecg_id)
        if stored is None or stored.ecg.owner != owner:
            raise EcgNotFound
        return stored
