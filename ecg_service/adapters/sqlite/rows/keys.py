"""The rows of idempotency keys."""

from collections.abc import Iterable
from contextlib import suppress
from uuid import UUID

import apsw

from ecg_service.adapters.rows.keys import COLUMNS, to_named, to_row
from ecg_service.adapters.sqlite.engine.sql import execute, execute_many
from ecg_service.adapters.sqlite.rows.sealed import UNREADABLE, select
from ecg_service.domain.errors import DamagedKey
from ecg_service.domain.stored import IdAndFingerprint, StoredEcg

INSERT = f"INSERT INTO idempotency_keys ({COLUMNS}) VALUES (?, ?, ?, ?, ?)"  # noqa: S608
ONE = f"""
    SELECT {COLUMNS} FROM idempotency_keys
    WHERE owner = CAST(? AS TEXT) AND key = CAST(? AS TEXT)
"""  # noqa: S608
FORGET = """
    DELETE FROM idempotency_keys WHERE (owner, key) IN (
        SELECT owner, key FROM idempotency_keys WHERE ecg_id < ?1 ORDER BY ecg_id LIMIT ?2
    )
"""
FORGET_OF_ONE = """
    DELETE FROM idempotency_keys WHERE (owner, key) IN (
        SELECT owner, key FROM idempotency_keys WHERE owner = ?3 AND ecg_id < ?1 LIMIT ?2
    )
"""


def insert_keys(connection: apsw.Connection, stored: Iterable[StoredEcg]) -> None:
    """Remember the keys of the ECGs that came with one."""
    execute_many(connection, INSERT, [to_row(one) for one in stored if one.key is not None])


def find_key(
    connection: apsw.Connection, owner: str, key: str
) -> IdAndFingerprint | DamagedKey | None:
    """Return the ECG that the owner's key stored, if it is remembered."""
    with suppress(*UNREADABLE):
        for row in select(connection, ONE, owner, key, damaged=DamagedKey):
            return to_named(row)
        return None
    return DamagedKey()


def forget_keys(connection: apsw.Connection, older: UUID, owner: str | None, limit: int) -> int:
    """Forget at most `limit` keys of ECGs with lesser ids, of all owners the oldest first."""
    if owner is None:
        execute(connection, FORGET, older.bytes, limit)
    else:
        execute(connection, FORGET_OF_ONE, older.bytes, limit, owner)
    return connection.changes()
