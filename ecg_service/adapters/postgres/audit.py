"""The audit trail in PostgreSQL."""

from collections.abc import Mapping, Sequence
from functools import partial
from uuid import UUID

from ecg_service.adapters.postgres.engine.engine import Engine
from ecg_service.adapters.postgres.engine.sql import Connection, Record
from ecg_service.adapters.postgres.tables import AUDIT_BLOCKS, AUDIT_CUTS
from ecg_service.adapters.rows.audit import CHAINS, CUTS, LINK_COLUMNS, of_cuts, to_block, to_link
from ecg_service.domain.audit.blocks import Link
from ecg_service.domain.audit.chains import ends
from ecg_service.domain.audit.events import Event
from ecg_service.domain.errors import Damaged
from ecg_service.ports.audit import AuditRepository, Part

# Nobody appends to a chain between two of these statements, and one forgets at a time.
LOCK_TO_FORGET = "LOCK TABLE audit_cuts IN SHARE ROW EXCLUSIVE MODE"
PAGE = f"""
    SELECT (SELECT ROW({LINK_COLUMNS}) FROM audit_cuts WHERE chain = $1), ARRAY(
        SELECT ROW({AUDIT_BLOCKS.columns}) FROM audit_blocks WHERE chain = $1 AND number > $2
        ORDER BY number LIMIT $3
    )
"""  # noqa: S608
LAST = f"""
    {CHAINS} SELECT last.* FROM chains, LATERAL (
        SELECT {LINK_COLUMNS} FROM audit_blocks WHERE audit_blocks.chain = chains.chain
        ORDER BY number DESC LIMIT 1
    ) AS last
"""  # noqa: S608
NAMES = "SELECT name, id FROM audit_names"
# Of each chain up to the block before the first one that is kept, or all.
CUT = f"""
    {CHAINS}
    INSERT INTO audit_cuts ({LINK_COLUMNS}) SELECT last.* FROM chains, LATERAL (
        SELECT {LINK_COLUMNS} FROM audit_blocks WHERE audit_blocks.chain = chains.chain
        AND number < coalesce(
            (SELECT number FROM audit_blocks AS a WHERE a.chain = chains.chain AND at >= $1
             ORDER BY number LIMIT 1),
            9223372036854775807
        ) ORDER BY number DESC LIMIT 1
    ) AS last
    ON CONFLICT (chain) DO UPDATE SET number = excluded.number, hash = excluded.hash
"""  # noqa: S608
FORGET = """
    DELETE FROM audit_blocks USING audit_cuts AS cut
    WHERE audit_blocks.chain = cut.chain AND audit_blocks.number <= cut.number
"""


class PostgresAudit(AuditRepository):
    """The audit trail of a `PostgresStore`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def append(self, events: Sequence[Event]) -> None:
        async def nothing(_: Connection) -> None:
            return

        if events and self._engine.trail.on:
            await self._engine.write(nothing, note=lambda _: events)

    async def heads(self) -> list[Link]:
        return await self._engine.read(_heads)

    async def cuts(self) -> list[Link]:
        return await self._engine.read(_cuts)

    async def page(self, chain: UUID, *, after: int, limit: int) -> Part:
        row = await self._engine.read(partial(_page, chain=chain, after=after, limit=limit))
        cut, blocks = row
        read = [to_block(AUDIT_BLOCKS.read(one, Damaged)) for one in blocks]
        return Part(_to_link(cut) if cut else None, read)

    async def names(self) -> Mapping[str, str]:
        rows = await self._engine.read(lambda connection: connection.fetch(NAMES))
        return {found: name.decode(errors="replace") for name, found in rows}

    async def forget(self, before: int) -> int:
        trail = self._engine.trail

        async def forget(connection: Connection) -> int:
            former = await _cuts(connection)
            await connection.execute(CUT, before)
            await connection.execute(FORGET)
            events = of_cuts(former, await _cuts(connection))
            await trail.append(connection, events)
            return sum(one.count for one in events)

        return await self._engine.write(forget, locks=LOCK_TO_FORGET + trail.lock, wrote=bool)


def _to_link(record: Record) -> Link:
    return to_link(AUDIT_CUTS.read(record, Damaged))


async def _page(connection: Connection, *, chain: UUID, after: int, limit: int) -> Record:
    return await connection.fetchrow(PAGE, chain, after, limit) or (None, ())


async def _heads(connection: Connection) -> list[Link]:
    return ends(await _cuts(connection), map(_to_link, await connection.fetch(LAST)))


async def _cuts(connection: Connection) -> list[Link]:
    return [*map(_to_link, await connection.fetch(CUTS))]
