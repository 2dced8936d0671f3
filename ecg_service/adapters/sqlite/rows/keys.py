"""Idempotency keys, each a row that says which ECG it stored."""

from collections.abc import Iterable
from contextlib import suppress
from uuid import UUID

import apsw

from ecg_service.adapters.sqlite.engine.sql import Row, Value, execute, execute_many
from ecg_service.adapters.sqlite.rows.sealed import UNREADABLE, sealed, select, unsealed
from ecg_service.domain.errors import DamagedKey
from ecg_service.domain.stored import IdAndFingerprint, StoredEcg

COLUMNS = "owner, key, ecg_id, fingerprint, checksum"
INSERT = f"INSERT INTO idempotency_keys ({COLUMNS}) VALUES (?, ?, ?, ?, ?)"  # noqa: S608
ONE = f"""
    SELECT {COLUMNS} FROM idempotency_keys
    WHERE owner = CAST(? AS TEXT) AND key = CAST(? AS TEXT)
"""  # noqa: S608
FORGET = """
    DELETE FROM idempotency_keys WHERE (owner, key) IN (
        SELECT owner, key FROM idempotency_keys WHERE ecg_id < ? ORDER BY ecg_id LIMIT ?
    )
"""


def insert_keys(connection: apsw.Connection, stored: Iterable[StoredEcg]) -> None:
    """Remember the keys of the ECGs that came with one."""
    execute_many(connection, INSERT, [_to_row(one) for one in stored if one.key is not None])


def find_key(
    connection: apsw.Connection, owner: str, key: str
) -> IdAndFingerprint | DamagedKey | None:
    """Return the ECG that the owner's key stored, if it is remembered."""
    with suppress(*UNREADABLE):
        for row in select(connection, ONE, owner, key, damaged=DamagedKey):
            return to_named(row)
        return None
    return DamagedKey()


def forget_keys(connection: apsw.Connection, older: UUID, limit: int) -> int:
    """Forget at most `limit` keys of ECGs with lesser ids, the oldest first."""
    execute(connection, FORGET, older.bytes, limit)
    return connection.changes()


def to_named(row: Row) -> IdAndFingerprint:
    """Return the ECG that a key stored, or raise `DamagedKey`."""
    _, _, ecg_id, fingerprint = unsealed(row, DamagedKey)
    return UUID(bytes=ecg_id), fingerprint


def _to_row(one: StoredEcg) -> tuple[Value, ...]:
    return sealed(one.ecg.owner, one.key, one.ecg.id.bytes, one.fingerprint)
