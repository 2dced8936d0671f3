"""ECGs in SQLite, each a row with one blob."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

import apsw

from ecg_service.adapters.sqlite import adding, reading, removing
from ecg_service.adapters.sqlite.engine.engine import Engine
from ecg_service.adapters.sqlite.rows.generations import generation, renew_generation
from ecg_service.adapters.sqlite.rows.keys import forget_keys
from ecg_service.adapters.sqlite.rows.parts import (
    leftovers,
    parts_of,
    remove_leftover,
    stage_parts,
)
from ecg_service.adapters.sqlite.rows.pings import ping
from ecg_service.domain.audit import actions
from ecg_service.domain.audit.events import of_ecgs
from ecg_service.domain.ecg import Cursor, Ecg, UnreadableEcg
from ecg_service.domain.errors import StorageUnavailable
from ecg_service.domain.principal import Principal
from ecg_service.domain.stored import Added, StoredEcg
from ecg_service.domain.time import to_microseconds
from ecg_service.ports.core import PackedBlob
from ecg_service.ports.ecgs import EcgRepository, Names, Owned

T = TypeVar("T")


EARLIEST = to_microseconds(datetime.min.replace(tzinfo=UTC))
LATEST = to_microseconds(datetime.max.replace(tzinfo=UTC)) + 1


class SqliteEcgs(EcgRepository):
    """The ECGs of a `SqliteStore`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._unscrubbed = False  # whether the log may hold what was deleted

    async def add_read(
        self,
        read: Callable[[], Sequence[StoredEcg]],
        *,
        until: float | None = None,
        together: bool = False,
    ) -> list[Added]:
        add = self._noting(adding.add_together if together else adding.add_many)
        return await self._engine.write_after(read, add, until=until) or []

    async def add_long(self, new: StoredEcg, *, until: float | None = None) -> Added:
        try:
            for step, rows in enumerate(parts_of(new.ecg.id, new.blob), 1):
                await self._engine.write(stage_parts, new.ecg.id, rows)
                await self._engine.copy_back(step)
            add = self._noting(adding.add_staged)
            [answer] = await self._engine.write_after(lambda: [new], add, until=until) or []
        except Exception:
            with suppress(StorageUnavailable):
                await self._remove_leftover(new.ecg.id.bytes)
            raise
        if answer != new.ecg.id:
            await self._remove_leftover(new.ecg.id.bytes)
        return answer

    def _noting(self, add: adding.Add) -> adding.Add:
        trail = self._engine.trail

        def noted(connection: apsw.Connection, new: Sequence[StoredEcg]) -> list[Added]:
            answers = add(connection, new)
            trail.append(connection, of_ecgs(new, answers))
            return answers

        return noted if trail.on else add

    async def remove_leftovers(self) -> None:
        """Remove the parts that a process which ended has staged, or not removed."""
        for ecg_id in await self._engine.read(leftovers):
            await self._remove_leftover(ecg_id)

    async def _remove_leftover(self, ecg_id: bytes) -> None:
        step = 0
        while await self._engine.write_even_if_full(remove_leftover, ecg_id):
            await self._engine.copy_back(step := step + 1)

    async def get(
        self, owner: str, ecg_id: UUID, *, samples: bool = True, insights: Names = None
    ) -> StoredEcg:
        return await self._engine.read(reading.get, owner, ecg_id, insights, samples=samples)

    async def read(
        self,
        owner: str,
        ecg_id: UUID,
        use: Callable[[StoredEcg, PackedBlob], T],
        *,
        insights: Names = None,
    ) -> T:
        return await self._engine.read(reading.read, owner, ecg_id, use, insights)

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
        first = EARLIEST if since is None else to_microseconds(since)
        ends = [(LATEST if until is None else to_microseconds(until), b"")]
        if after is not None:
            ends.append((to_microseconds(after.date), after.id.bytes))
        return await self._engine.read(reading.page, owner, max_bytes, first, *min(ends), limit)

    async def delete(self, owner: str, ecg_id: UUID, *, by: Principal | None = None) -> None:
        self._unscrubbed = True
        delete = self._engine.trail.noting(removing.delete, lambda _: [actions.deleted(by, ecg_id)])
        if await self._engine.write_even_if_full(delete, owner, ecg_id, by):
            await self._remove_leftover(ecg_id.bytes)

    async def find(self, *, before: UUID, owner: str | None = None, limit: int) -> list[Owned]:
        return await self._engine.read(removing.find, before, owner, limit)

    async def delete_many(self, ecgs: Sequence[Owned]) -> None:
        self._unscrubbed = True
        delete = self._engine.trail.noting(removing.delete_many, lambda _: actions.swept(len(ecgs)))
        for ecg_id in await self._engine.write_even_if_full(delete, ecgs):
            await self._remove_leftover(ecg_id.bytes)

    async def scrub(self) -> None:
        if not self._unscrubbed:
            return
        self._unscrubbed = False
        try:
            await self._engine.fold_back()
        except StorageUnavailable:
            self._unscrubbed = True
            raise

    async def forget_keys(self, older: UUID, *, owner: str | None = None, limit: int) -> int:
        return await self._engine.write(forget_keys, older, owner, limit)

    async def generation(self) -> bytes:
        return await self._engine.read(generation)

    async def renew_generation(self) -> None:
        await self._engine.write_even_if_full(renew_generation)

    async def ping(self) -> None:
        await self._engine.write(ping)
