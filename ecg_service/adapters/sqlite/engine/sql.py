"""Typed calls of apsw, whose own types name `Buffer`, which Python 3.11 lacks."""

from collections.abc import Iterable, Sequence

import apsw

from ecg_service.adapters.rows.sealed import Row, Value

__all__ = ["Row", "Value", "execute", "execute_many", "pragma", "set_pragma"]


def execute(connection: apsw.Connection, statement: str, *values: Value) -> list[Row]:
    """Run the statement to its end, so that no half-read one keeps a snapshot open."""
    return connection.execute(statement, values).fetchall()  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]


def execute_many(
    connection: apsw.Connection, statement: str, rows: Iterable[Sequence[Value]]
) -> None:
    """Run the statement once for each row."""
    connection.executemany(statement, rows)  # pyright: ignore[reportUnknownMemberType]


def pragma(connection: apsw.Connection, name: str) -> object:
    """Return what the pragma is set to."""
    return connection.pragma(name)  # pyright: ignore[reportUnknownMemberType]


def set_pragma(connection: apsw.Connection, name: str, value: int | str) -> None:
    """Set the pragma; SQLite may ignore it, without an error."""
    connection.pragma(name, value)  # pyright: ignore[reportUnknownMemberType]
