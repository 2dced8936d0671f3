"""Appends to the audit trail in the transaction of what it tells of."""

from collections.abc import Sequence
from uuid import uuid4

from ecg_service.adapters.postgres.engine.sql import Connection
from ecg_service.adapters.postgres.tables import AUDIT_BLOCKS
from ecg_service.adapters.rows.audit import hidden, names_in, new_id, to_row
from ecg_service.domain.audit.blocks import Link, beginning, continued
from ecg_service.domain.audit.events import Event
from ecg_service.domain.errors import StorageUnavailable

_END = """
    SELECT number, hash FROM (
        (SELECT number, hash FROM audit_blocks WHERE chain = $1 ORDER BY number DESC LIMIT 1)
        UNION ALL SELECT number, hash FROM audit_cuts WHERE chain = $1
        UNION ALL SELECT -1, decode(repeat('00', 32), 'hex')
    ) AS found ORDER BY number DESC LIMIT 1
"""
LOOK = f"""
    SELECT number, hash, ARRAY(
        SELECT ROW(name, id) FROM audit_names WHERE name = ANY($2::bytea[])
    ) FROM ({_END}) AS found
"""  # noqa: S608
# Names of users who are there, so that nobody who was erased gets an id again.
NEW_IDS = """
    INSERT INTO audit_names (name, id)
    SELECT name, id FROM unnest($1::bytea[], $2::text[]) AS new (name, id)
    WHERE EXISTS (SELECT FROM users WHERE users.name = new.name)
    ORDER BY name ON CONFLICT DO NOTHING
"""
# If the chain ends where it did, and the names have the ids that they had.
APPEND = f"""
    INSERT INTO audit_blocks ({AUDIT_BLOCKS.columns})
    SELECT $1, new.* FROM unnest($2::bigint[], $3::bigint[], $4::bytea[], $5::bytea[]) AS new
    WHERE ($6::bigint, $7::bytea) = ({_END})
    AND NOT EXISTS (
        SELECT FROM unnest($8::bytea[], $9::text[]) AS given (name, id)
        WHERE NOT EXISTS (
            SELECT FROM audit_names AS found WHERE (found.name, found.id) = (given.name, given.id)
        )
    )
"""  # noqa: S608
NOTHING = "INSERT 0 0"
REMEMBERED = 1_000
"""Names whose ids are remembered, and those of one transaction more."""
IDS = "SELECT name, id FROM audit_names WHERE name = ANY($1::bytea[])"


class Trail:
    """The chain of one opened store; where it ends, the database says, so that nothing rolled back counts.

    What it said last is remembered. Mostly it still holds, and appending takes one statement.
    """

    def __init__(self, *, on: bool) -> None:
        self.on = on
        self._end = beginning(uuid4())
        self._ids: dict[bytes, str] = {}
        key = int.from_bytes(self._end.chain.bytes[:8], signed=True)
        self.lock = f"; SELECT pg_advisory_xact_lock({key})" if on else ""
        """What a transaction that appends begins with: transactions of one process take turns."""

    async def append(self, connection: Connection, events: Sequence[Event]) -> None:
        """Append rows, if anything is to be audited; with the lock taken."""
        if not self.on or not events:
            return
        names = [name.encode() for name in sorted(names_in(events))]
        if self._ids.keys() >= {*names} and await self._put(connection, events, names):
            return
        await self._look(connection, names)
        if not await self._put(connection, events, names):
            raise StorageUnavailable("the audit trail was changed while it was appended to")

    async def _look(self, connection: Connection, names: Sequence[bytes]) -> None:
        """Ask where the chain ends, and for the ids of the names, which are made if there are none."""
        row = await connection.fetchrow(LOOK, self._end.chain, names)
        number, digest, known = row or (self._end.number, self._end.hash, ())
        ids: dict[bytes, str] = dict(known)
        if missing := [name for name in names if name not in ids]:
            ids |= await _made(connection, missing)
        self._end = Link(self._end.chain, number, digest)
        for name in names if len(self._ids) < REMEMBERED else [*self._ids]:
            self._ids.pop(name, None)
        self._ids |= ids

    async def _put(
        self, connection: Connection, events: Sequence[Event], names: Sequence[bytes]
    ) -> bool:
        """Append rows, unless what is remembered does not hold."""
        end, ids = self._end, {name: self._ids[name] for name in names if name in self._ids}
        shown = hidden(map(bytes.decode, names), lambda name: ids.get(name.encode()))
        blocks = [*continued(end, events, shown)]
        columns = [[*one] for one in zip(*(to_row(block)[1:] for block in blocks), strict=True)]
        values = *columns, end.number, end.hash, [*ids], [*ids.values()]
        if await connection.execute(APPEND, end.chain, *values) == NOTHING:
            return False
        self._end = blocks[-1].link
        return True


async def _made(connection: Connection, names: Sequence[bytes]) -> dict[bytes, str]:
    await connection.execute(NEW_IDS, names, [new_id() for _ in names])
    return {name: found for name, found in await connection.fetch(IDS, names)}  # noqa: C416 - a record is no pair
