"""Appends to the audit trail in the transaction of what it tells of."""

from collections.abc import Sequence
from uuid import uuid4

from ecg_service.adapters.postgres.engine.sql import Connection
from ecg_service.adapters.postgres.tables import AUDIT_BLOCKS
from ecg_service.adapters.rows.audit import hidden, names_in, new_id, to_row
from ecg_service.domain.audit.blocks import Link, beginning, continued
from ecg_service.domain.audit.events import Event

LAST = """
    SELECT number, hash, ARRAY(
        SELECT ROW(name, id) FROM audit_names WHERE name = ANY($2::bytea[])
    )
    FROM (
        (SELECT number, hash FROM audit_blocks WHERE chain = $1 ORDER BY number DESC LIMIT 1)
        UNION ALL SELECT number, hash FROM audit_cuts WHERE chain = $1
        UNION ALL SELECT -1, ''
    ) AS found ORDER BY number DESC LIMIT 1
"""
# Names of users who are there, so that nobody who was erased gets an id again.
NEW_IDS = """
    INSERT INTO audit_names (name, id)
    SELECT name, id FROM unnest($1::bytea[], $2::text[]) AS new (name, id)
    WHERE EXISTS (SELECT FROM users WHERE users.name = new.name)
    ORDER BY name ON CONFLICT DO NOTHING
"""
INSERT = f"INSERT INTO audit_blocks ({AUDIT_BLOCKS.columns}) VALUES ($1, $2, $3, $4, $5)"  # noqa: S608
IDS = "SELECT name, id FROM audit_names WHERE name = ANY($1::bytea[])"


class Trail:
    """The chain of one opened store; where it ends, the database says, so that nothing rolled back counts."""

    def __init__(self, *, on: bool) -> None:
        self.on = on
        self._beginning = beginning(uuid4())
        key = int.from_bytes(self._beginning.chain.bytes[:8], signed=True)
        self.lock = f"; SELECT pg_advisory_xact_lock({key})" if on else ""
        """What a transaction that appends begins with: transactions of one process take turns."""

    async def append(self, connection: Connection, events: Sequence[Event]) -> None:
        """Append rows, if anything is to be audited; with the lock taken."""
        if not self.on or not events:
            return
        names = [name.encode() for name in sorted(names_in(events))]
        row = await connection.fetchrow(LAST, self._beginning.chain, names)
        number, digest, known = row or (-1, b"", ())
        ids: dict[bytes, str] = dict(known)
        if missing := [name for name in names if name not in ids]:
            ids |= await _made(connection, missing)
        end = Link(self._beginning.chain, number, digest) if number >= 0 else self._beginning
        shown = hidden(map(bytes.decode, names), lambda name: ids.get(name.encode()))
        for block in continued(end, events, shown):
            await connection.execute(INSERT, *AUDIT_BLOCKS.stored(to_row(block)))


async def _made(connection: Connection, names: Sequence[bytes]) -> dict[bytes, str]:
    await connection.execute(NEW_IDS, names, [new_id() for _ in names])
    return {name: found for name, found in await connection.fetch(IDS, names)}  # noqa: C416 - a record is no pair
