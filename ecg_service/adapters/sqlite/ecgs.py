"""ECGs in SQLite, each a row with one blob."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

import apsw

from ecg_service.adapters.sqlite.ecg_rows import COLUMNS, OWNER, to_ecg, to_row
from ecg_service.adapters.sqlite.engine.engine import Engine
from ecg_service.adapters.sqlite.engine.sql import Row, Value, execute, execute_many
from ecg_service.adapters.sqlite.insight_rows import insert_records, select_records
from ecg_service.adapters.sqlite.users import epoch_of
from ecg_service.domain.ecg import Cursor, Ecg
from ecg_service.domain.errors import DamagedEcg, EcgNotFound
from ecg_service.domain.principal import Principal, require_current
from ecg_service.domain.stored import Added, IdAndFingerprint, StoredEcg, sift
from ecg_service.domain.time import to_microseconds
from ecg_service.ports.ecgs import EcgRepository

INSERT = f"INSERT INTO ecgs ({COLUMNS}, blob) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
NAMED = "SELECT id, fingerprint FROM ecgs WHERE owner = ? AND client_id = ?"
REWIND = "UPDATE backfills SET position = ?1 WHERE position > ?1"
GET = f"SELECT {COLUMNS} FROM ecgs WHERE id = ?"  # noqa: S608
BLOB = "SELECT blob FROM ecgs WHERE id = ?"
PAGE = f"""
    SELECT {COLUMNS} FROM ecgs WHERE owner = ? AND date >= ? AND (date, id) < (?, ?)
    ORDER BY date DESC, id DESC LIMIT ?
"""  # noqa: S608
DELETE = "DELETE FROM ecgs WHERE id = ? AND owner = ?"

EARLIEST, LATEST = -(2**63), 2**63 - 1
PING_SIZE = 4 * 16_384


class SqliteEcgs(EcgRepository):
    """The ECGs of a `SqliteStore`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def add_many(self, new: Sequence[StoredEcg]) -> list[Added]:
        return await self._engine.write(_add_many, new) if new else []

    async def get(self, owner: str, ecg_id: UUID, *, samples: bool = True) -> StoredEcg:
        return await self._engine.read(_get, owner, ecg_id, samples=samples)

    async def page(
        self,
        owner: str,
        *,
        limit: int,
        since: datetime | None = None,
        until: datetime | None = None,
        after: Cursor | None = None,
    ) -> list[Ecg]:
        first = EARLIEST if since is None else to_microseconds(since)
        ends = [(LATEST if until is None else to_microseconds(until), b"")]
        if after is not None:
            ends.append((to_microseconds(after.date), after.id.bytes))
        return await self._engine.read(_page, owner, first, *min(ends), limit)

    async def delete(self, owner: str, ecg_id: UUID, *, by: Principal | None = None) -> None:
        await self._engine.write(_delete, owner, ecg_id, by)

    async def ping(self) -> None:
        await self._engine.write(_ping)


def _add_many(connection: apsw.Connection, new: Sequence[StoredEcg]) -> list[Added]:
    """Insert a batch in a few statements, however large it is."""

    def find(owner: str, client_id: str) -> IdAndFingerprint | None:
        for ecg_id, fingerprint in execute(connection, NAMED, owner, client_id):
            return UUID(bytes=ecg_id), fingerprint
        return None

    fresh, answers = sift(new, find=find, epoch_of=partial(epoch_of, connection))
    if fresh:
        execute_many(connection, INSERT, map(to_row, fresh))
        insert_records(connection, [record for one in fresh for record in one.insights])
        # A backfill that is past the id of a new ECG has to return to it.
        execute(connection, REWIND, min(one.ecg.id.bytes for one in fresh))
    return answers


def _get(connection: apsw.Connection, owner: str, ecg_id: UUID, *, samples: bool) -> StoredEcg:
    ecg = to_ecg(_row(connection, ecg_id), owner)
    insights = tuple(select_records(connection, ecg_id))
    return StoredEcg(ecg, insights, _blob(connection, ecg_id) if samples else b"")


def get_for_any_owner(connection: apsw.Connection, ecg_id: UUID) -> StoredEcg:
    """Read an ECG of any owner, with its samples but without its insights."""
    row = _row(connection, ecg_id)
    return StoredEcg(to_ecg(row, row[OWNER]), (), _blob(connection, ecg_id))


def _page(connection: apsw.Connection, owner: str, *bounds: Value) -> list[Ecg]:
    return [to_ecg(row, owner) for row in _rows(connection, PAGE, owner, *bounds)]


def _delete(connection: apsw.Connection, owner: str, ecg_id: UUID, by: Principal | None) -> None:
    require_current(by, partial(epoch_of, connection))
    execute(connection, DELETE, ecg_id.bytes, owner)
    if not connection.changes():
        raise EcgNotFound


def _ping(connection: apsw.Connection) -> None:
    """Write as much as an ECG before deleting what the last ping wrote."""
    execute(connection, "INSERT INTO pings (content) VALUES (zeroblob(?))", PING_SIZE)
    execute(connection, "DELETE FROM pings WHERE rowid < ?", connection.last_insert_rowid())


def _row(connection: apsw.Connection, ecg_id: UUID) -> Row:
    for row in _rows(connection, GET, ecg_id.bytes):
        return row
    raise EcgNotFound


def _blob(connection: apsw.Connection, ecg_id: UUID) -> bytes:
    [(blob,)] = execute(connection, BLOB, ecg_id.bytes)
    return blob


def _rows(connection: apsw.Connection, statement: str, *values: Value) -> list[Row]:
    try:
        return execute(connection, statement, *values)
    except UnicodeDecodeError as error:
        raise DamagedEcg("a text of the ECG is not UTF-8") from error
