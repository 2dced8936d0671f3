"""Reads whole tables, some rows at a time."""

from collections.abc import AsyncIterator, Sequence

from ecg_service.adapters.postgres.engine.sql import Connection, Record


async def pages(
    connection: Connection, table: str, columns: str, *, key: Sequence[str], size: int
) -> AsyncIterator[Sequence[Record]]:
    """Yield all rows in the order of the key, which is their first columns, `size` at a time."""
    names = ", ".join(key)
    bound = ", ".join(f"${place}" for place in range(2, len(key) + 2))
    select, order = f"SELECT {columns} FROM {table}", f"ORDER BY {names} LIMIT $1"  # noqa: S608
    rows = await connection.fetch(f"{select} {order}", size)
    while rows:
        yield rows
        last = rows[-1][: len(key)]
        rows = await connection.fetch(f"{select} WHERE ({names}) > ({bound}) {order}", size, *last)
