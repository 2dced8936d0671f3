"""Grants in SQLite."""

import logging
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from functools import partial
from uuid import UUID

import apsw
from msgspec.structs import replace

from ecg_service.adapters.rows.grants import COLUMNS, to_grant, to_row
from ecg_service.adapters.sqlite.engine.engine import Engine
from ecg_service.adapters.sqlite.engine.sql import execute
from ecg_service.adapters.sqlite.rows.sealed import UNREADABLE, select
from ecg_service.adapters.sqlite.users import epoch_of
from ecg_service.domain.audit import actions
from ecg_service.domain.errors import DamagedGrant, GrantNotFound, TooManyGrants
from ecg_service.domain.grants import Grant, Kind, UnreadableGrant
from ecg_service.domain.principal import Principal, require_current
from ecg_service.domain.time import to_microseconds
from ecg_service.ports.grants import GrantRepository

INSERT = f"INSERT INTO grants ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
PUT = f"INSERT OR REPLACE INTO grants ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
GET = f"SELECT {COLUMNS} FROM grants WHERE id = ?"  # noqa: S608
PAGE = """
    SELECT id FROM grants WHERE owner = ? AND kind = ? AND id > ? AND length(id) = 16
    ORDER BY id LIMIT ?
"""
COUNT = "SELECT count(*) FROM grants WHERE owner = ? AND kind = ?"
FORGET = "DELETE FROM grants WHERE owner = ? AND kind = ? AND expires <= ?"
HAS = "SELECT 1 FROM grants WHERE id = ?"
REMOVE = "DELETE FROM grants WHERE id = ? AND owner = ? RETURNING kind"

logger = logging.getLogger(__name__)


class SqliteGrants(GrantRepository):
    """The grants of a `SqliteStore`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def add(self, grant: Grant, *, most: int, by: Principal | None = None) -> None:
        add = self._engine.trail.noting(_add, lambda _: [actions.granted(by, grant)])
        await self._engine.write(add, grant, most, by)

    async def get(self, grant_id: UUID) -> Grant:
        return await self._engine.read(_get, grant_id.bytes)

    async def page(
        self, owner: str, kind: Kind, *, limit: int, after: UUID | None = None
    ) -> list[Grant | UnreadableGrant]:
        start = after.bytes if after else b""
        return await self._engine.read(_page, owner, kind, start, limit)

    async def replace(self, before: Grant, after: Grant) -> bool:
        put = self._engine.trail.noting(
            _replace, lambda done: [actions.refreshed(after)] if done else []
        )
        return await self._engine.write(put, before, after)

    async def touch(self, used: Mapping[UUID, datetime]) -> None:
        await self._engine.write(_touch, used)

    async def remove(self, owner: str, grant_id: UUID, *, by: Principal | None = None) -> None:
        remove = self._engine.trail.noting(
            _remove, lambda kind: [actions.revoked(by, kind, grant_id)]
        )
        await self._engine.write_even_if_full(remove, owner, grant_id, by)


def _add(connection: apsw.Connection, grant: Grant, most: int, by: Principal | None) -> None:
    require_current(by, partial(epoch_of, connection))
    owned = grant.owner, grant.kind.value
    execute(connection, FORGET, *owned, to_microseconds(grant.created))
    [(count,)] = execute(connection, COUNT, *owned)
    if count >= most:
        raise TooManyGrants
    execute(connection, INSERT, *to_row(grant))


def _get(connection: apsw.Connection, grant_id: bytes) -> Grant:
    for row in select(connection, GET, grant_id, damaged=DamagedGrant):
        return to_grant(row)
    raise GrantNotFound


def has_grant(connection: apsw.Connection, grant_id: UUID) -> bool:
    """Whether it is there, damaged or not."""
    return any(execute(connection, HAS, grant_id.bytes))


def _page(
    connection: apsw.Connection, owner: str, kind: Kind, after: bytes, limit: int
) -> list[Grant | UnreadableGrant]:
    rows = execute(connection, PAGE, owner, kind.value, after, limit)
    return [_listed(connection, grant_id) for (grant_id,) in rows]


def _listed(connection: apsw.Connection, grant_id: bytes) -> Grant | UnreadableGrant:
    with suppress(*UNREADABLE):
        return _get(connection, grant_id)
    logger.error("a grant is damaged")
    return UnreadableGrant(UUID(bytes=grant_id))


def _replace(connection: apsw.Connection, before: Grant, after: Grant) -> bool:
    with suppress(GrantNotFound):
        if _get(connection, before.id.bytes) == before:
            execute(connection, PUT, *to_row(after))
            return True
    return False


def _touch(connection: apsw.Connection, used: Mapping[UUID, datetime]) -> None:
    for grant_id, moment in used.items():
        with suppress(*UNREADABLE):
            known = _get(connection, grant_id.bytes)
            execute(connection, PUT, *to_row(replace(known, last_used=moment)))


def _remove(connection: apsw.Connection, owner: str, grant_id: UUID, by: Principal | None) -> str:
    require_current(by, partial(epoch_of, connection))
    for (kind,) in execute(connection, REMOVE, grant_id.bytes, owner):
        return kind
    raise GrantNotFound
