"""ECGs in SQLite, each a row with one blob."""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar
from uuid import UUID

import apsw

from ecg_service.adapters.sqlite.backfill import rewind
from ecg_service.adapters.sqlite.engine.engine import Engine
from ecg_service.adapters.sqlite.engine.sql import Row, Value, execute, execute_many
from ecg_service.adapters.sqlite.rows.ecgs import (
    BLOB_COLUMNS,
    COLUMNS,
    FINGERPRINT,
    OWNER,
    to_blob,
    to_ecg,
    to_row,
)
from ecg_service.adapters.sqlite.rows.insights import insert_records, select_records
from ecg_service.adapters.sqlite.rows.keys import find_key, forget_keys, insert_keys
from ecg_service.adapters.sqlite.rows.sealed import UNREADABLE, select
from ecg_service.adapters.sqlite.users import epoch_of
from ecg_service.domain.ecg import Cursor, Ecg, UnreadableEcg, fill
from ecg_service.domain.errors import DamagedEcg, EcgNotFound
from ecg_service.domain.principal import Principal, require_current
from ecg_service.domain.stored import Added, IdAndFingerprint, StoredEcg, sift
from ecg_service.domain.time import from_microseconds, to_microseconds
from ecg_service.domain.together import require_all
from ecg_service.ports.ecgs import EcgRepository, Names

T = TypeVar("T")

INSERT = f"""
    INSERT INTO ecgs ({COLUMNS}, {BLOB_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""  # noqa: S608
NAMED = f"SELECT {COLUMNS} FROM ecgs WHERE owner = ? AND client_id = ?"  # noqa: S608
# Another user's ECG is not read, so that it costs what an unknown one does. An owner whom nobody
# knows is damage: of that the true owner is told.
MINE = """
    FROM ecgs WHERE id = ?1
    AND (owner = ?2 OR NOT EXISTS (SELECT 1 FROM users WHERE users.name = ecgs.owner))
"""
GET = f"SELECT {COLUMNS} {MINE}"
GET_WHOLE = f"SELECT {COLUMNS}, {BLOB_COLUMNS} {MINE}"
WHOLE = f"SELECT {COLUMNS}, {BLOB_COLUMNS} FROM ecgs WHERE id = ?"  # noqa: S608
# Reads the index only; the rows are read one by one.
PAGE = """
    SELECT pk, date, id FROM ecgs WHERE owner = ? AND date >= ? AND (date, id) < (?, ?)
    ORDER BY date DESC, id DESC LIMIT ?
"""
LISTED = f"SELECT {COLUMNS} FROM ecgs WHERE pk = ?"  # noqa: S608
DELETE = "DELETE FROM ecgs WHERE id = ? AND owner = ?"

EARLIEST = to_microseconds(datetime.min.replace(tzinfo=UTC))
LATEST = to_microseconds(datetime.max.replace(tzinfo=UTC)) + 1
PING_SIZE = 4 * 16_384

logger = logging.getLogger(__name__)


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

    async def get(
        self, owner: str, ecg_id: UUID, *, samples: bool = True, insights: Names = None
    ) -> StoredEcg:
        return await self._engine.read(_get, owner, ecg_id, insights, samples=samples)

    async def read(
        self, owner: str, ecg_id: UUID, use: Callable[[StoredEcg], T], *, insights: Names = None
    ) -> T:
        return await self._engine.read_and_use(use, _get, owner, ecg_id, insights, samples=True)

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
        return await self._engine.read(_page, owner, max_bytes, first, *min(ends), limit)

    async def delete(self, owner: str, ecg_id: UUID, *, by: Principal | None = None) -> None:
        await self._engine.write_even_if_full(_delete, owner, ecg_id, by)

    async def forget_keys(self, older: UUID, *, limit: int) -> int:
        return await self._engine.write(forget_keys, older, limit)

    async def ping(self) -> None:
        await self._engine.write(_ping)


def _add_many(connection: apsw.Connection, new: Sequence[StoredEcg]) -> list[Added]:
    """Insert a batch in a few statements, however large it is."""
    fresh, answers = sift(
        new,
        find_id=partial(_find, connection),
        find_key=partial(find_key, connection),
        epoch_of=partial(epoch_of, connection),
    )
    if fresh:
        execute_many(connection, INSERT, map(to_row, fresh))
        insert_keys(connection, fresh)
        insert_records(connection, [record for one in fresh for record in one.insights])
        rewind(connection, min(one.ecg.id.bytes for one in fresh))
    return answers


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


def _get(
    connection: apsw.Connection, owner: str, ecg_id: UUID, insights: Names, *, samples: bool
) -> StoredEcg:
    if not samples:
        ecg, blob = to_ecg(_row(connection, GET, ecg_id.bytes, owner), owner), b""
    else:
        *row, packed, checksum = _row(connection, GET_WHOLE, ecg_id.bytes, owner)
        ecg = to_ecg(tuple(row), owner)
        blob = to_blob((packed, checksum), ecg_id)
    return StoredEcg(ecg, tuple(select_records(connection, ecg_id, insights)), blob)


def get_for_any_owner(connection: apsw.Connection, ecg_id: UUID) -> StoredEcg:
    """Read an ECG of any owner, with its samples but without its insights."""
    *row, blob, checksum = _row(connection, WHOLE, ecg_id.bytes)
    return StoredEcg(to_ecg(tuple(row), row[OWNER]), (), to_blob((blob, checksum), ecg_id))


def _page(
    connection: apsw.Connection, owner: str, max_bytes: int | None, *bounds: Value
) -> list[Ecg | UnreadableEcg]:
    places = execute(connection, PAGE, owner, *bounds)
    return [*fill((_listed(connection, owner, *place) for place in places), max_bytes)]


def _listed(
    connection: apsw.Connection, owner: str, pk: int, date: int, ecg_id: bytes
) -> Ecg | UnreadableEcg:
    with suppress(*UNREADABLE):
        return to_ecg(_row(connection, LISTED, pk), owner)
    logger.error("ECG %s is damaged", ecg_id.hex())
    return UnreadableEcg(from_microseconds(date), UUID(bytes=ecg_id))


def _delete(connection: apsw.Connection, owner: str, ecg_id: UUID, by: Principal | None) -> None:
    require_current(by, partial(epoch_of, connection))
    execute(connection, DELETE, ecg_id.bytes, owner)
    if not connection.changes():
        raise EcgNotFound


def _ping(connection: apsw.Connection) -> None:
    """Write as much as an ECG before deleting what the last ping wrote."""
    execute(connection, "INSERT INTO pings (content) VALUES (zeroblob(?))", PING_SIZE)
    execute(connection, "DELETE FROM pings WHERE rowid < ?", connection.last_insert_rowid())


def _row(connection: apsw.Connection, statement: str, *key: Value) -> Row:
    for row in select(connection, statement, *key, damaged=DamagedEcg):
        return row
    raise EcgNotFound
