"""ECGs in SQLite, each a row with one blob."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar
from uuid import UUID

import apsw

from ecg_service.adapters.rows.ecgs import BLOB_COLUMNS, COLUMNS, FINGERPRINT, to_ecg, to_row
from ecg_service.adapters.sqlite import reading
from ecg_service.adapters.sqlite.backfill import rewind
from ecg_service.adapters.sqlite.engine.engine import Engine
from ecg_service.adapters.sqlite.engine.sql import Row, execute, execute_many
from ecg_service.adapters.sqlite.rows.generations import generation, renew_generation
from ecg_service.adapters.sqlite.rows.insights import insert_records
from ecg_service.adapters.sqlite.rows.keys import find_key, forget_keys, insert_keys
from ecg_service.adapters.sqlite.rows.parts import (
    first_part,
    insert_parts,
    keep_parts,
    leave_parts,
    leftovers,
    parts_of,
    remove_leftover,
    stage_parts,
)
from ecg_service.adapters.sqlite.rows.pings import ping
from ecg_service.adapters.sqlite.rows.sealed import UNREADABLE, select
from ecg_service.adapters.sqlite.users import epoch_of
from ecg_service.domain.ecg import Cursor, Ecg, UnreadableEcg
from ecg_service.domain.errors import DamagedEcg, EcgNotFound, StorageUnavailable
from ecg_service.domain.principal import Principal, require_current
from ecg_service.domain.stored import Added, IdAndFingerprint, StoredEcg, sift
from ecg_service.domain.time import to_microseconds
from ecg_service.domain.together import require_all
from ecg_service.ports.core import PackedBlob
from ecg_service.ports.ecgs import EcgRepository, Names

T = TypeVar("T")

INSERT = f"""
    INSERT INTO ecgs ({COLUMNS}, {BLOB_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""  # noqa: S608
NAMED = f"SELECT {COLUMNS} FROM ecgs WHERE owner = ? AND client_id = ?"  # noqa: S608
DELETE = "DELETE FROM ecgs WHERE id = ? AND owner = ?"

EARLIEST = to_microseconds(datetime.min.replace(tzinfo=UTC))
LATEST = to_microseconds(datetime.max.replace(tzinfo=UTC)) + 1


class SqliteEcgs(EcgRepository):
    """The ECGs of a `SqliteStore`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def add_read(
        self,
        read: Callable[[], Sequence[StoredEcg]],
        *,
        until: float | None = None,
        together: bool = False,
    ) -> list[Added]:
        add = _add_together if together else _add_many
        return await self._engine.write_after(read, add, until=until) or []

    async def add_long(self, new: StoredEcg, *, until: float | None = None) -> Added:
        try:
            for step, rows in enumerate(parts_of(new.ecg.id, new.blob), 1):
                await self._engine.write(stage_parts, new.ecg.id, rows)
                await self._engine.copy_back(step)
            [answer] = await self._engine.write_after(lambda: [new], _add_staged, until=until) or []
        except Exception:
            with suppress(StorageUnavailable):
                await self._remove_leftover(new.ecg.id.bytes)
            raise
        if answer != new.ecg.id:
            await self._remove_leftover(new.ecg.id.bytes)
        return answer

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
        if await self._engine.write_even_if_full(_delete, owner, ecg_id, by):
            await self._remove_leftover(ecg_id.bytes)

    async def forget_keys(self, older: UUID, *, limit: int) -> int:
        return await self._engine.write(forget_keys, older, limit)

    async def generation(self) -> bytes:
        return await self._engine.read(generation)

    async def renew_generation(self) -> None:
        await self._engine.write_even_if_full(renew_generation)

    async def ping(self) -> None:
        await self._engine.write(ping)


def _add_many(connection: apsw.Connection, new: Sequence[StoredEcg]) -> list[Added]:
    """Insert a batch in a few statements, however large it is."""
    fresh, answers = _insert(connection, new)
    for one in fresh:
        for rows in parts_of(one.ecg.id, one.blob):
            insert_parts(connection, rows)
    return answers


def _add_staged(connection: apsw.Connection, new: Sequence[StoredEcg]) -> list[Added]:
    """Do what `_add_many` does, with ECGs whose parts are there already."""
    fresh, answers = _insert(connection, new)
    for one in fresh:
        keep_parts(connection, one.ecg.id)
    return answers


def _insert(
    connection: apsw.Connection, new: Sequence[StoredEcg]
) -> tuple[list[StoredEcg], list[Added]]:
    fresh, answers = sift(
        new,
        find_id=partial(_find, connection),
        find_key=partial(find_key, connection),
        epoch_of=partial(epoch_of, connection),
    )
    if fresh:
        execute_many(connection, INSERT, map(_to_row, fresh))
        insert_keys(connection, fresh)
        insert_records(connection, [record for one in fresh for record in one.insights])
        rewind(connection, min(one.ecg.id.bytes for one in fresh))
    return fresh, answers


def _to_row(one: StoredEcg) -> Row:
    return to_row(one, first_part(one.blob))


def _add_together(connection: apsw.Connection, new: Sequence[StoredEcg]) -> list[Added]:
    answers = _add_many(connection, new)
    require_all(answers)
    return answers


def _find(
    connection: apsw.Connection, owner: str, client_id: str
) -> IdAndFingerprint | DamagedEcg | None:
    with suppress(*UNREADABLE):
        for row in select(connection, NAMED, owner, client_id, damaged=DamagedEcg):
            return to_ecg(row, owner).id, row[FINGERPRINT]
        return None
    return DamagedEcg("the ECG of this id is damaged")


def _delete(connection: apsw.Connection, owner: str, ecg_id: UUID, by: Principal | None) -> bool:
    """Remove the ECG, and return whether it leaves parts."""
    require_current(by, partial(epoch_of, connection))
    execute(connection, DELETE, ecg_id.bytes, owner)
    if not connection.changes():
        raise EcgNotFound
    return leave_parts(connection, ecg_id)
