"""Adding ECGs: the hot path. A few statements for a batch, however large."""

from collections.abc import Sequence
from uuid import UUID

import apsw

from ecg_service.adapters.sqlite.ecg_rows import COLUMNS, to_row
from ecg_service.adapters.sqlite.engine.sql import run, run_many
from ecg_service.adapters.sqlite.insight_rows import insert_records
from ecg_service.domain.errors import EcgIdTaken
from ecg_service.ports.ecgs import NewEcg

INSERT = f"INSERT INTO ecgs ({COLUMNS}, blob) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
EARLIER = "SELECT id, fingerprint FROM ecgs WHERE owner = ? AND client_id = ?"
REWIND = "UPDATE backfills SET position = ?1 WHERE position > ?1"

Named = dict[tuple[str, str], tuple[UUID, bytes | None]]
"""Which ECG an owner's client id names, and its fingerprint."""


def add_many(connection: apsw.Connection, new: Sequence[NewEcg]) -> list[UUID | EcgIdTaken]:
    """Insert all but those whose client id is taken; see `EcgRepository.add_many`."""
    named: Named = {}
    fresh: list[NewEcg] = []
    answers = [_answer(connection, one, named, fresh) for one in new]
    if fresh:
        _insert(connection, fresh)
    return answers


def _answer(
    connection: apsw.Connection, one: NewEcg, named: Named, fresh: list[NewEcg]
) -> UUID | EcgIdTaken:
    ecg = one.recording.ecg
    if ecg.client_id is not None:
        key = (ecg.owner, ecg.client_id)
        earlier = named.get(key) or _earlier(connection, *key)
        if earlier is not None:
            return earlier[0] if earlier[1] == one.fingerprint else EcgIdTaken()
        named[key] = (ecg.id, one.fingerprint)
    fresh.append(one)
    return ecg.id


def _earlier(
    connection: apsw.Connection, owner: str, client_id: str
) -> tuple[UUID, bytes | None] | None:
    for identity, fingerprint in run(connection, EARLIER, owner, client_id):
        return UUID(bytes=identity), fingerprint
    return None


def _insert(connection: apsw.Connection, fresh: list[NewEcg]) -> None:
    run_many(connection, INSERT, map(to_row, fresh))
    insert_records(connection, [record for one in fresh for record in one.insights])
    # A backfill that has passed the place of a new ECG has to look again.
    run(connection, REWIND, min(one.recording.ecg.id.bytes for one in fresh))
