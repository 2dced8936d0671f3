"""ECGs in SQLite: a row with one blob each."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import apsw

from ecg_service.adapters.sqlite.add import add_many
from ecg_service.adapters.sqlite.ecg_rows import COLUMNS, EcgRow, microseconds, to_ecg
from ecg_service.adapters.sqlite.engine.engine import Engine
from ecg_service.adapters.sqlite.engine.sql import Row, Value, run
from ecg_service.adapters.sqlite.insight_rows import records_of
from ecg_service.domain.ecg import Cursor, Ecg, Recording
from ecg_service.domain.errors import DamagedEcg, EcgIdTaken, EcgNotFound
from ecg_service.domain.insights import InsightRecord
from ecg_service.ports.ecgs import EcgRepository, NewEcg

GET = f"SELECT {COLUMNS} FROM ecgs WHERE id = ?"  # noqa: S608
GET_RECORDING = f"SELECT {COLUMNS}, blob FROM ecgs WHERE id = ?"  # noqa: S608
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

    async def add_many(self, new: Sequence[NewEcg]) -> list[UUID | EcgIdTaken]:
        return await self._engine.write(add_many, new) if new else []

    async def get(self, owner: str, ecg_id: UUID) -> Ecg:
        return await self._engine.read(_get, owner, ecg_id)

    async def recording(self, owner: str, ecg_id: UUID) -> Recording:
        return await self._engine.read(recording, owner, ecg_id)

    async def page(
        self,
        owner: str,
        *,
        limit: int,
        since: datetime | None = None,
        until: datetime | None = None,
        after: Cursor | None = None,
    ) -> list[Ecg]:
        first = EARLIEST if since is None else microseconds(since)
        ends = [(LATEST if until is None else microseconds(until), b"")]
        if after is not None:
            ends.append((microseconds(after.date), after.id.bytes))
        return await self._engine.read(_page, owner, first, *min(ends), limit)

    async def insights(self, owner: str, ecg_id: UUID) -> list[InsightRecord]:
        return await self._engine.read(_insights, owner, ecg_id)

    async def delete(self, owner: str, ecg_id: UUID) -> None:
        await self._engine.write(_delete, owner, ecg_id)

    async def ping(self) -> None:
        await self._engine.write(_ping)


def recording(connection: apsw.Connection, owner: str | None, ecg_id: UUID) -> Recording:
    """Read the ECG with its blob; of whoever it belongs to if no owner is given."""
    *row, blob = _only(connection, GET_RECORDING, ecg_id)
    found = EcgRow(*row)
    return Recording(to_ecg(found, found.owner if owner is None else owner), blob)


def _get(connection: apsw.Connection, owner: str, ecg_id: UUID) -> Ecg:
    return to_ecg(EcgRow(*_only(connection, GET, ecg_id)), owner)


def _page(connection: apsw.Connection, owner: str, *bounds: Value) -> list[Ecg]:
    return [to_ecg(EcgRow(*row), owner) for row in _rows(connection, PAGE, owner, *bounds)]


def _insights(connection: apsw.Connection, owner: str, ecg_id: UUID) -> list[InsightRecord]:
    return records_of(connection, _get(connection, owner, ecg_id).id)


def _delete(connection: apsw.Connection, owner: str, ecg_id: UUID) -> None:
    run(connection, DELETE, ecg_id.bytes, owner)
    if not connection.changes():
        raise EcgNotFound


def _ping(connection: apsw.Connection) -> None:
    """Write as much as an ECG takes before giving back what the last ping took."""
    run(connection, "INSERT INTO pings (content) VALUES (zeroblob(?))", PING_SIZE)
    run(connection, "DELETE FROM pings WHERE rowid < ?", connection.last_insert_rowid())


def _only(connection: apsw.Connection, statement: str, ecg_id: UUID) -> Row:
    for row in _rows(connection, statement, ecg_id.bytes):
        return row
    raise EcgNotFound


def _rows(connection: apsw.Connection, statement: str, *values: Value) -> list[Row]:
    try:
        return run(connection, statement, *values)
    except UnicodeDecodeError as error:
        raise DamagedEcg("a text of the ECG is not UTF-8") from error
