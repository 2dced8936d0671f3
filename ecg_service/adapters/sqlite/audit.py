"""The audit trail in SQLite."""

from collections.abc import Mapping, Sequence
from functools import partial
from uuid import UUID

import apsw

from ecg_service.adapters.rows.audit import (
    CHAINS,
    COLUMNS,
    CUTS,
    LINK_COLUMNS,
    of_cuts,
    to_block,
    to_link,
)
from ecg_service.adapters.sqlite.engine.engine import Engine
from ecg_service.adapters.sqlite.engine.sql import execute
from ecg_service.adapters.sqlite.engine.trail import Trail
from ecg_service.domain.audit.blocks import Link
from ecg_service.domain.audit.chains import ends
from ecg_service.domain.audit.events import Event
from ecg_service.ports.audit import AuditRepository, Part

PAGE = f"SELECT {COLUMNS} FROM audit_blocks WHERE chain = ? AND number > ? ORDER BY number LIMIT ?"  # noqa: S608
ALL = f"{CHAINS} SELECT chain FROM chains WHERE chain IS NOT NULL"  # noqa: S608
LAST = f"""
    {CHAINS} SELECT {LINK_COLUMNS} FROM chains JOIN audit_blocks USING (chain)
    WHERE number = (SELECT max(number) FROM audit_blocks AS a WHERE a.chain = chains.chain)
"""  # noqa: S608
CUT_OF = f"SELECT {LINK_COLUMNS} FROM audit_cuts WHERE chain = ?"  # noqa: S608
NAMES = "SELECT CAST(name AS BLOB), CAST(id AS BLOB) FROM audit_names"
# Up to the block before the first one that is kept, or all.
CUT = f"""
    INSERT OR REPLACE INTO audit_cuts ({LINK_COLUMNS})
    SELECT {LINK_COLUMNS} FROM audit_blocks WHERE chain = ?1 AND number < coalesce(
        (SELECT number FROM audit_blocks WHERE chain = ?1 AND at >= ?2 ORDER BY number LIMIT 1),
        9223372036854775807
    ) ORDER BY number DESC LIMIT 1
"""  # noqa: S608
FORGET = """
    DELETE FROM audit_blocks
    WHERE chain = ?1 AND number <= (SELECT number FROM audit_cuts WHERE chain = ?1)
"""
PUT_CUT = "INSERT INTO audit_cuts (chain, number, hash) VALUES (?, ?, ?)"
INSERT_NAME = "INSERT INTO audit_names (name, id) VALUES (?, ?)"
ONE = f"""
    SELECT {COLUMNS}, last_number, last_hash FROM audit_blocks LEFT JOIN (
        SELECT * FROM (
            SELECT number AS last_number, hash AS last_hash FROM audit_blocks
            WHERE chain = ?1 AND number < ?2 ORDER BY number DESC LIMIT 1
        )
        UNION ALL SELECT number, hash FROM audit_cuts WHERE chain = ?1 AND number < ?2
        ORDER BY last_number DESC LIMIT 1
    ) WHERE chain = ?1 AND number = ?2
"""  # noqa: S608
"""A block, and where the one before ends."""


class SqliteAudit(AuditRepository):
    """The audit trail of a `SqliteStore`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def append(self, events: Sequence[Event]) -> None:
        if events and self._engine.trail.on:
            await self._engine.write_even_if_full(self._engine.trail.append, events)

    async def heads(self) -> list[Link]:
        return await self._engine.read(_heads)

    async def cuts(self) -> list[Link]:
        return await self._engine.read(_cuts)

    async def page(self, chain: UUID, *, after: int, limit: int) -> Part:
        return await self._engine.read(_page, chain, after, limit)

    async def names(self) -> Mapping[str, str]:
        rows = await self._engine.read(partial(execute, statement=NAMES))
        return {
            found.decode(errors="replace"): name.decode(errors="replace") for name, found in rows
        }

    async def forget(self, before: int) -> int:
        return await self._engine.write_even_if_full(_forget, self._engine.trail, before)


def _heads(connection: apsw.Connection) -> list[Link]:
    return ends(_cuts(connection), map(to_link, execute(connection, LAST)))


def _cuts(connection: apsw.Connection) -> list[Link]:
    return [*map(to_link, execute(connection, CUTS))]


def _page(connection: apsw.Connection, chain: UUID, after: int, limit: int) -> Part:
    cuts = execute(connection, CUT_OF, chain.bytes)
    rows = execute(connection, PAGE, chain.bytes, after, limit)
    return Part(to_link(cuts[0]) if cuts else None, [*map(to_block, rows)])


def _forget(connection: apsw.Connection, trail: Trail, before: int) -> int:
    former = _cuts(connection)
    for (chain,) in execute(connection, ALL):
        execute(connection, CUT, chain, before)
        execute(connection, FORGET, chain)
    events = of_cuts(former, _cuts(connection))
    trail.append(connection, events)
    return sum(one.count for one in events)
