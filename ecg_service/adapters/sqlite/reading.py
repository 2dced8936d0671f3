"""Reads ECGs, each by its key."""

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar
from uuid import UUID

import apsw

from ecg_service.adapters.rows.ecgs import BLOB_COLUMNS, COLUMNS, OWNER, to_blob, to_ecg
from ecg_service.adapters.sqlite.engine.sql import Row, Value, execute
from ecg_service.adapters.sqlite.rows.insights import select_records
from ecg_service.adapters.sqlite.rows.parts import Blob
from ecg_service.adapters.sqlite.rows.sealed import UNREADABLE, select
from ecg_service.domain.ecg import Ecg, UnreadableEcg, fill
from ecg_service.domain.errors import DamagedEcg, EcgNotFound
from ecg_service.domain.stored import StoredEcg
from ecg_service.domain.time import from_microseconds
from ecg_service.ports.core import PackedBlob
from ecg_service.ports.ecgs import Names

T = TypeVar("T")

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

logger = logging.getLogger(__name__)


def get(
    connection: apsw.Connection, owner: str, ecg_id: UUID, insights: Names, *, samples: bool
) -> StoredEcg:
    if not samples:
        ecg, blob = to_ecg(_row(connection, GET, ecg_id.bytes, owner), owner), b""
    else:
        ecg, packed = _with_blob(connection, GET_WHOLE, ecg_id, owner)
        blob = packed.whole()
    return StoredEcg(ecg, tuple(select_records(connection, ecg_id, insights)), blob)


def read(
    connection: apsw.Connection,
    owner: str,
    ecg_id: UUID,
    use: Callable[[StoredEcg, PackedBlob], T],
    insights: Names,
) -> T:
    ecg, packed = _with_blob(connection, GET_WHOLE, ecg_id, owner)
    return use(StoredEcg(ecg, tuple(select_records(connection, ecg_id, insights)), b""), packed)


def _with_blob(
    connection: apsw.Connection, statement: str, ecg_id: UUID, owner: str | None = None
) -> tuple[Ecg, Blob]:
    """Read an ECG, of any owner if none is given, and the first part of its blob."""
    key = (ecg_id.bytes,) if owner is None else (ecg_id.bytes, owner)
    *row, first, checksum = _row(connection, statement, *key)
    ecg = to_ecg(tuple(row), row[OWNER] if owner is None else owner)
    return ecg, Blob(connection, ecg_id, to_blob((first, checksum), ecg_id))


def get_for_any_owner(connection: apsw.Connection, ecg_id: UUID) -> StoredEcg:
    """Read an ECG of any owner, with its samples but without its insights."""
    ecg, blob = _with_blob(connection, WHOLE, ecg_id)
    return StoredEcg(ecg, (), blob.whole())


def page(
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


def _row(connection: apsw.Connection, statement: str, *key: Value) -> Row:
    for row in select(connection, statement, *key, damaged=DamagedEcg):
        return row
    raise EcgNotFound
