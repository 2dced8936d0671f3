"""Stores ECGs, several in a few statements."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

import apsw

from ecg_service.adapters.rows.ecgs import BLOB_COLUMNS, COLUMNS, FINGERPRINT, to_ecg, to_row
from ecg_service.adapters.sqlite.backfill import rewind
from ecg_service.adapters.sqlite.engine.sql import Row, execute_many
from ecg_service.adapters.sqlite.grants import has_grant
from ecg_service.adapters.sqlite.rows.insights import insert_records
from ecg_service.adapters.sqlite.rows.keys import find_key, insert_keys
from ecg_service.adapters.sqlite.rows.parts import first_part, insert_parts, keep_parts, parts_of
from ecg_service.adapters.sqlite.rows.sealed import UNREADABLE, select
from ecg_service.adapters.sqlite.users import epoch_of
from ecg_service.domain.errors import DamagedEcg
from ecg_service.domain.stored import Added, IdAndFingerprint, StoredEcg, sift
from ecg_service.domain.together import require_all

Add = Callable[[apsw.Connection, Sequence[StoredEcg]], list[Added]]

INSERT = f"""
    INSERT INTO ecgs ({COLUMNS}, {BLOB_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""  # noqa: S608
NAMED = f"SELECT {COLUMNS} FROM ecgs WHERE owner = ? AND client_id = ?"  # noqa: S608


def add_many(connection: apsw.Connection, new: Sequence[StoredEcg]) -> list[Added]:
    """Insert a batch in a few statements, however large it is."""
    fresh, answers = _insert(connection, new)
    for one in fresh:
        for rows in parts_of(one.ecg.id, one.blob):
            insert_parts(connection, rows)
    return answers


def add_staged(connection: apsw.Connection, new: Sequence[StoredEcg]) -> list[Added]:
    """Do what `add_many` does, with ECGs whose parts are there already."""
    fresh, answers = _insert(connection, new)
    for one in fresh:
        keep_parts(connection, one.ecg.id)
    return answers


def _insert(
    connection: apsw.Connection, new: Sequence[StoredEcg]
) -> tuple[list[StoredEcg], list[Added]]:
    fresh, answers = sift(
        new,
        find_id=partial(_find, connection),
        find_key=partial(find_key, connection),
        epoch_of=partial(epoch_of, connection),
        has_grant=partial(has_grant, connection),
    )
    if fresh:
        execute_many(connection, INSERT, map(_to_row, fresh))
        insert_keys(connection, fresh)
        insert_records(connection, [record for one in fresh for record in one.insights])
        rewind(connection, min(one.ecg.id.bytes for one in fresh))
    return fresh, answers


def _to_row(one: StoredEcg) -> Row:
    return to_row(one, first_part(one.blob))


def add_together(connection: apsw.Connection, new: Sequence[StoredEcg]) -> list[Added]:
    """Do what `add_many` does, or refuse all of them."""
    answers = add_many(connection, new)
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
