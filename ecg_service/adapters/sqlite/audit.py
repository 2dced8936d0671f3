"""The audit trail in SQLite."""

from collections.abc import Mapping, Sequence
from functools import partial
from uuid import UUID

import apsw

from ecg_service.adapters.rows.audit import COLUMNS, of_cut, to_entry
from ecg_service.adapters.sqlite.engine.engine import Engine
from ecg_service.adapters.sqlite.engine.sql import execute
from ecg_service.adapters.sqlite.engine.trail import Trail
from ecg_service.domain.audit.chains import Link
from ecg_service.domain.audit.events import Event
from ecg_service.ports.audit import AuditRepository, Part

# Damaged texts are read as bytes.
_TEXTS = ("actor", "issuer", "action", "object", "outcome", "request", "address")
READABLE = f"chain, number, at, {', '.join(f'CAST({t} AS BLOB)' for t in _TEXTS)}, count, hash"
PAGE = f"SELECT {READABLE} FROM audit WHERE chain = ? AND number > ? ORDER BY number LIMIT ?"  # noqa: S608
CHAINS = """
    WITH RECURSIVE chains (chain) AS (
        SELECT (SELECT chain FROM audit ORDER BY chain LIMIT 1)
        UNION ALL
        SELECT (SELECT chain FROM audit WHERE chain > chains.chain ORDER BY chain LIMIT 1)
        FROM chains WHERE chain IS NOT NULL
    )
    SELECT chain FROM chains WHERE chain IS NOT NULL
"""
LAST = "SELECT chain, number, hash FROM audit WHERE chain = ? ORDER BY number DESC LIMIT 1"
CUTS = "SELECT chain, number, hash FROM audit_cuts ORDER BY chain"
CUT_OF = "SELECT chain, number, hash FROM audit_cuts WHERE chain = ?"
NAMES = "SELECT CAST(name AS BLOB), CAST(id AS BLOB) FROM audit_names"
FIRST_TO_KEEP = "SELECT number FROM audit WHERE chain = ? AND at >= ? ORDER BY number LIMIT 1"
BEFORE = "SELECT chain, number, hash FROM audit WHERE chain = ? AND number < ? ORDER BY number DESC LIMIT 1"
PUT_CUT = "INSERT OR REPLACE INTO audit_cuts (chain, number, hash) VALUES (?, ?, ?)"
FORGET = "DELETE FROM audit WHERE chain = ? AND number <= ?"
ONE = f"""
    SELECT {COLUMNS}, coalesce(
        (SELECT hash FROM audit WHERE chain = ?1 AND number = ?2 - 1),
        (SELECT hash FROM audit_cuts WHERE chain = ?1 AND number = ?2 - 1)
    )
    FROM audit WHERE chain = ?1 AND number = ?2
"""  # noqa: S608
"""A row, and the hash of the one before."""
INSERT_NAME = "INSERT INTO audit_names (name, id) VALUES (?, ?)"
END = 2**62


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


def _links(rows: Sequence[Sequence[bytes | int]]) -> list[Link]:
    return [Link(UUID(bytes=chain), number, digest) for chain, number, digest in rows]  # pyright: ignore[reportArgumentType]


def _heads(connection: apsw.Connection) -> list[Link]:
    chains = execute(connection, CHAINS)
    found = _links([row for chain in chains for row in execute(connection, LAST, *chain)])
    return sorted({cut.chain: cut for cut in (*_cuts(connection), *found)}.values())


def _cuts(connection: apsw.Connection) -> list[Link]:
    return _links(execute(connection, CUTS))


def _page(connection: apsw.Connection, chain: UUID, after: int, limit: int) -> Part:
    cuts = _links(execute(connection, CUT_OF, chain.bytes))
    rows = execute(connection, PAGE, chain.bytes, after, limit)
    return Part(cuts[0] if cuts else None, [*map(to_entry, rows)])


def _forget(connection: apsw.Connection, trail: Trail, before: int) -> int:
    count = 0
    for (chain,) in execute(connection, CHAINS):
        kept = execute(connection, FIRST_TO_KEEP, chain, before)
        for cut in execute(connection, BEFORE, chain, kept[0][0] if kept else END):
            execute(connection, PUT_CUT, *cut)
            execute(connection, FORGET, *cut[:2])
            count += connection.changes()
    if count:
        trail.append(connection, [of_cut(_cuts(connection), count)])
    return count
