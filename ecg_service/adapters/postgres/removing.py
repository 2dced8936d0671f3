"""Finds ECGs, damaged ones too, and removes them and their idempotency keys."""

from collections.abc import Sequence
from uuid import UUID

from ecg_service.adapters.postgres.engine.sql import Connection, count_of
from ecg_service.adapters.postgres.users import require_current
from ecg_service.adapters.rows.shown import shown
from ecg_service.domain.errors import EcgNotFound
from ecg_service.domain.principal import Principal
from ecg_service.ports.ecgs import Owned

OF_ALL = "SELECT owner, id FROM ecgs WHERE id < $1 LIMIT $2"
OF_ONE = "SELECT owner, id FROM ecgs WHERE id < $1 AND owner = $3 LIMIT $2"
MINE = "DELETE FROM ecgs WHERE id = $1 AND owner = $2"
DELETE = (
    "DELETE FROM ecgs WHERE id = ANY($1)",
    "DELETE FROM insights WHERE ecg_id = ANY($1)",
    "DELETE FROM client_ids WHERE ecg_id = ANY($1)",
)
KEYS_OF_ALL = "SELECT owner, key FROM idempotency_keys WHERE ecg_id < $1 ORDER BY ecg_id LIMIT $2"
KEYS_OF_ONE = "SELECT owner, key FROM idempotency_keys WHERE ecg_id < $1 AND owner = $3 LIMIT $2"
FORGET = "DELETE FROM idempotency_keys WHERE (owner, key) IN ({})"


async def find(
    connection: Connection, *, before: UUID, owner: str | None, limit: int
) -> list[Owned]:
    """Return at most `limit` ECGs with lesser ids."""
    if owner is None:
        rows = await connection.fetch(OF_ALL, before, limit)
    else:
        rows = await connection.fetch(OF_ONE, before, limit, owner.encode())
    return [(shown(name), ecg_id) for name, ecg_id in rows]


async def delete(connection: Connection, *, owner: str, ecg_id: UUID, by: Principal | None) -> None:
    """Remove one ECG of an owner, with the users locked."""
    await require_current(connection, by)
    if not count_of(await connection.execute(MINE, ecg_id, owner.encode())):
        raise EcgNotFound
    await delete_all(connection, ids=[ecg_id])


async def delete_all(connection: Connection, *, ids: Sequence[UUID]) -> None:
    """Remove those that are there."""
    for statement in DELETE:
        await connection.execute(statement, ids)


async def forget_keys(connection: Connection, *, older: UUID, owner: str | None, limit: int) -> int:
    """Forget at most `limit` keys of ECGs with lesser ids, of all owners the oldest first."""
    if owner is None:
        tag = await connection.execute(FORGET.format(KEYS_OF_ALL), older, limit)
    else:
        tag = await connection.execute(FORGET.format(KEYS_OF_ONE), older, limit, owner.encode())
    return count_of(tag)
