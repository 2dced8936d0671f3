"""The audit trail in PostgreSQL."""

from collections.abc import Mapping, Sequence
from functools import partial
from uuid import UUID

from ecg_service.adapters.postgres.engine.engine import Engine
from ecg_service.adapters.postgres.engine.sql import Connection, Record, count_of
from ecg_service.adapters.postgres.tables import AUDIT
from ecg_service.adapters.rows.audit import of_cut, to_entry
from ecg_service.domain.audit.chains import Entry, Link
from ecg_service.domain.audit.events import Event
from ecg_service.ports.audit import AuditRepository, Part

# Nobody appends to a chain between two of these statements, and one forgets at a time.
LOCK_TO_FORGET = "LOCK TABLE audit_cuts IN SHARE ROW EXCLUSIVE MODE"
PAGE = f"""
    SELECT (SELECT ROW(chain, number, hash) FROM audit_cuts WHERE chain = $1), ARRAY(
        SELECT ROW({AUDIT.columns}) FROM audit WHERE chain = $1 AND number > $2
        ORDER BY number LIMIT $3
    )
"""  # noqa: S608
CHAINS = """
    WITH RECURSIVE chains (chain) AS (
        SELECT (SELECT chain FROM audit ORDER BY chain LIMIT 1)
        UNION ALL
        SELECT (SELECT chain FROM audit WHERE chain > chains.chain ORDER BY chain LIMIT 1)
        FROM chains WHERE chain IS NOT NULL
    )
    SELECT last.chain, last.number, last.hash FROM chains, LATERAL (
        SELECT chain, number, hash FROM audit WHERE audit.chain = chains.chain
        ORDER BY number DESC LIMIT 1
    ) AS last
"""
CUTS = "SELECT chain, number, hash FROM audit_cuts ORDER BY chain"
NAMES = "SELECT name, id FROM audit_names"
# Up to the row before the first one that is kept, or all.
BEFORE = """
    SELECT chain, number, hash FROM audit WHERE chain = $1 AND number < coalesce(
        (SELECT number FROM audit WHERE chain = $1 AND at >= $2 ORDER BY number LIMIT 1),
        9223372036854775807
    ) ORDER BY number DESC LIMIT 1
"""
PUT_CUT = """
    INSERT INTO audit_cuts (chain, number, hash) VALUES ($1, $2, $3)
    ON CONFLICT (chain) DO UPDATE SET number = excluded.number, hash = excluded.hash
"""
FORGET = "DELETE FROM audit WHERE chain = $1 AND number <= $2"


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
        cut, rows = row
        return Part(_link(cut) if cut else None, [_to_entry(one) for one in rows])

    async def names(self) -> Mapping[str, str]:
        rows = await self._engine.read(lambda connection: connection.fetch(NAMES))
        return {found: name.decode(errors="replace") for name, found in rows}

    async def forget(self, before: int) -> int:
        trail = self._engine.trail

        async def forget(connection: Connection) -> int:
            count = 0
            for chain, *_ in await connection.fetch(CHAINS):
                for cut in await connection.fetch(BEFORE, chain, before):
                    await connection.execute(PUT_CUT, *cut)
                    count += count_of(await connection.execute(FORGET, cut[0], cut[1]))
            if count:
                await trail.append(connection, [of_cut(await _cuts(connection), count)])
            return count

        return await self._engine.write(forget, locks=LOCK_TO_FORGET + trail.lock)


def _link(row: Record) -> Link:
    chain, number, digest = row
    return Link(UUID(bytes=chain.bytes), number, digest)


def _to_entry(row: Record) -> Entry:
    chain, *others = row
    return to_entry((chain.bytes, *others))


async def _page(connection: Connection, *, chain: UUID, after: int, limit: int) -> Record:
    return await connection.fetchrow(PAGE, chain, after, limit) or (None, ())


async def _heads(connection: Connection) -> list[Link]:
    last = [_link(row) for row in await connection.fetch(CHAINS)]
    return sorted({one.chain: one for one in (*await _cuts(connection), *last)}.values())


async def _cuts(connection: Connection) -> list[Link]:
    return [_link(row) for row in await connection.fetch(CUTS)]
