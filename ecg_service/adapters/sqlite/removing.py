"""Finds ECGs, damaged ones too, and removes them."""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

import apsw

from ecg_service.adapters.rows.shown import shown
from ecg_service.adapters.sqlite.engine.sql import execute
from ecg_service.adapters.sqlite.rows.parts import leave_parts
from ecg_service.adapters.sqlite.users import epoch_of
from ecg_service.domain.errors import EcgNotFound
from ecg_service.domain.principal import Principal, require_current
from ecg_service.ports.ecgs import Owned

OF_ALL = "SELECT CAST(owner AS BLOB), id FROM ecgs WHERE id < ?1 LIMIT ?2"
OF_ONE = "SELECT CAST(owner AS BLOB), id FROM ecgs WHERE id < ?1 AND owner = ?3 LIMIT ?2"
DELETE = "DELETE FROM ecgs WHERE id = ?"
DELETE_MINE = "DELETE FROM ecgs WHERE id = ? AND owner = ?"


def find(connection: apsw.Connection, before: UUID, owner: str | None, limit: int) -> list[Owned]:
    """Return at most `limit` ECGs with lesser ids."""
    bounds = before.bytes, limit
    if owner is None:
        rows = execute(connection, OF_ALL, *bounds)
    else:
        rows = execute(connection, OF_ONE, *bounds, owner)
    return [(shown(name), UUID(bytes=ecg_id)) for name, ecg_id in rows]


def delete(connection: apsw.Connection, owner: str, ecg_id: UUID, by: Principal | None) -> bool:
    """Remove the ECG, and return whether it leaves parts."""
    require_current(by, partial(epoch_of, connection))
    execute(connection, DELETE_MINE, ecg_id.bytes, owner)
    if not connection.changes():
        raise EcgNotFound
    return leave_parts(connection, ecg_id)


def delete_many(connection: apsw.Connection, ecgs: Sequence[Owned]) -> list[UUID]:
    """Remove those that are there; return which leave parts."""
    for _, ecg_id in ecgs:
        execute(connection, DELETE, ecg_id.bytes)
    return [ecg_id for _, ecg_id in ecgs if leave_parts(connection, ecg_id)]
