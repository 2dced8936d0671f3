"""ECGs in memory."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from ecg_service.adapters.memory.stock import Stock, Stored
from ecg_service.domain.ecg import Cursor, Ecg, Recording
from ecg_service.domain.errors import EcgIdTaken, EcgNotFound, StorageUnavailable
from ecg_service.domain.insights import InsightRecord
from ecg_service.ports.ecgs import EcgRepository, NewEcg

Named = dict[tuple[str, str], tuple[UUID, bytes | None]]
"""Which ECG an owner's client id names, and its fingerprint."""


class MemoryEcgs(EcgRepository):
    """The ECGs of a `MemoryStore`."""

    def __init__(self, stock: Stock) -> None:
        self._stock = stock
        self._named: Named = {}

    async def add_many(self, new: Sequence[NewEcg]) -> list[UUID | EcgIdTaken]:
        fresh: Stock = {}
        named: Named = {}
        answers = [self._answer(one, fresh, named) for one in new]
        self._stock.update(fresh)
        self._named.update(named)
        return answers

    async def get(self, owner: str, ecg_id: UUID) -> Ecg:
        return self._owned(owner, ecg_id).recording.ecg

    async def recording(self, owner: str, ecg_id: UUID) -> Recording:
        return self._owned(owner, ecg_id).recording

    async def page(
        self,
        owner: str,
        *,
        limit: int,
        since: datetime | None = None,
        until: datetime | None = None,
        after: Cursor | None = None,
    ) -> list[Ecg]:
        ecgs = [stored.recording.ecg for stored in self._stock.values()]
        wanted = (
            ecg
            for ecg in ecgs
            if ecg.owner == owner
            and (since is None or ecg.date >= since)
            and (until is None or ecg.date < until)
            and (after is None or (ecg.date, ecg.id) < (after.date, after.id))
        )
        return sorted(wanted, key=lambda ecg: (ecg.date, ecg.id), reverse=True)[:limit]

    async def insights(self, owner: str, ecg_id: UUID) -> list[InsightRecord]:
        return self._owned(owner, ecg_id).in_order()

    async def delete(self, owner: str, ecg_id: UUID) -> None:
        ecg = self._owned(owner, ecg_id).recording.ecg
        del self._stock[ecg_id]
        if ecg.client_id is not None:
            del self._named[owner, ecg.client_id]

    async def ping(self) -> None:
        return

    def _owned(self, owner: str, ecg_id: UUID) -> Stored:
        stored = self._stock.get(ecg_id)
        if stored is None or stored.recording.ecg.owner != owner:
            raise EcgNotFound
        return stored

    def _answer(self, one: NewEcg, fresh: Stock, named: Named) -> UUID | EcgIdTaken:
        ecg = one.recording.ecg
        if ecg.client_id is not None:
            key = (ecg.owner, ecg.client_id)
            earlier = named.get(key) or self._named.get(key)
            if earlier is not None:
                return earlier[0] if earlier[1] == one.fingerprint else EcgIdTaken()
            named[key] = (ecg.id, one.fingerprint)
        if ecg.id in fresh or ecg.id in self._stock:
            raise StorageUnavailable("an id is stored already")
        fresh[ecg.id] = Stored(one.recording, {record.name: record for record in one.insights})
        return ecg.id
