"""Grants in PostgreSQL."""

import logging
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from ecg_service.adapters.postgres.engine.engine import Engine
from ecg_service.adapters.postgres.engine.sql import Connection, Record
from ecg_service.adapters.postgres.tables import GRANTS
from ecg_service.adapters.postgres.users import LOCK_TO_CHANGE, LOCK_USERS, require_current
from ecg_service.adapters.rows.grants import to_grant, to_row
from ecg_service.domain.audit import actions
from ecg_service.domain.errors import Damaged, DamagedGrant, GrantNotFound, TooManyGrants
from ecg_service.domain.grants import Grant, Kind, UnreadableGrant
from ecg_service.domain.principal import Principal
from ecg_service.domain.time import to_microseconds
from ecg_service.ports.grants import GrantRepository

# One at a time, so that two do not both find room for one more.
LOCK_TO_ADD = f"{LOCK_USERS}; LOCK TABLE grants IN SHARE ROW EXCLUSIVE MODE"
INSERT = f"""
    INSERT INTO grants ({GRANTS.columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""  # noqa: S608
GET = f"SELECT {GRANTS.columns} FROM grants WHERE id = $1"  # noqa: S608
GET_TO_CHANGE = f"{GET} FOR UPDATE"
# In one order, so that two transactions wait for each other in one direction only.
SOME_TO_CHANGE = f"""
    SELECT {GRANTS.columns} FROM grants WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE
"""  # noqa: S608
PAGE = f"""
    SELECT {GRANTS.columns} FROM grants WHERE owner = $1 AND kind = $2 AND id > $3
    ORDER BY id LIMIT $4
"""  # noqa: S608
COUNT = "SELECT count(*) FROM grants WHERE owner = $1 AND kind = $2"
FORGET = "DELETE FROM grants WHERE owner = $1 AND kind = $2 AND expires <= $3"
PUT = """
    UPDATE grants SET kind = $2, owner = $3, digest = $4, created = $5, expires = $6, name = $7,
        scopes = $8, epoch = $9, last_used = $10, checksum = $11
    WHERE id = $1
"""
REMOVE = "DELETE FROM grants WHERE id = $1 AND owner = $2 RETURNING kind"
NIL = UUID(int=0)

logger = logging.getLogger(__name__)


class PostgresGrants(GrantRepository):
    """The grants of a `PostgresStore`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def add(self, grant: Grant, *, most: int, by: Principal | None = None) -> None:
        owned = grant.owner.encode(), grant.kind.value

        async def add(connection: Connection) -> None:
            await require_current(connection, by)
            await connection.execute(FORGET, *owned, to_microseconds(grant.created))
            if await connection.fetchval(COUNT, *owned) >= most:
                raise TooManyGrants
            await connection.execute(INSERT, *GRANTS.stored(to_row(grant)))

        await self._engine.write(
            add, locks=LOCK_TO_ADD, note=lambda _: [actions.granted(by, grant)]
        )

    async def get(self, grant_id: UUID) -> Grant:
        return _read(await self._engine.read(lambda c: c.fetchrow(GET, grant_id)))

    async def page(
        self, owner: str, kind: Kind, *, limit: int, after: UUID | None = None
    ) -> list[Grant | UnreadableGrant]:
        bounds = owner.encode(), kind.value, after or NIL, limit
        return [_listed(row) for row in await self._engine.read(lambda c: c.fetch(PAGE, *bounds))]

    async def replace(self, before: Grant, after: Grant) -> bool:
        async def change(connection: Connection) -> bool:
            with suppress(GrantNotFound):
                if _read(await connection.fetchrow(GET_TO_CHANGE, before.id)) == before:
                    await connection.execute(PUT, *GRANTS.stored(to_row(after)))
                    return True
            return False

        return await self._engine.write(
            change, wrote=bool, note=lambda done: [actions.refreshed(after)] if done else []
        )

    async def touch(self, used: Mapping[UUID, datetime]) -> None:
        async def change(connection: Connection) -> None:
            found = map(_listed, await connection.fetch(SOME_TO_CHANGE, [*used]))
            known = [grant for grant in found if isinstance(grant, Grant)]
            rows = [to_row(replace(grant, last_used=used[grant.id])) for grant in known]
            await connection.executemany(PUT, map(GRANTS.stored, rows))

        await self._engine.write(change)

    async def remove(self, owner: str, grant_id: UUID, *, by: Principal | None = None) -> None:
        async def remove(connection: Connection) -> str:
            await require_current(connection, by)
            kind = await connection.fetchval(REMOVE, grant_id, owner.encode())
            if kind is None:
                raise GrantNotFound
            return kind

        await self._engine.write(
            remove, locks=LOCK_TO_CHANGE, note=lambda kind: [actions.revoked(by, kind, grant_id)]
        )


def _read(row: Record | None) -> Grant:
    if row is None:
        raise GrantNotFound
    return to_grant(GRANTS.read(row, DamagedGrant))


def _listed(row: Record) -> Grant | UnreadableGrant:
    with suppress(Damaged):
        return _read(row)
    logger.error("a grant is damaged")
    return UnreadableGrant(UUID(bytes=row[0].bytes))
