"""Reads rows, each of which may be damaged by itself."""

import apsw

from ecg_service.adapters.sqlite.engine.sql import Row, Value, execute
from ecg_service.domain.errors import Damaged, NotFound

UNREADABLE = (Damaged, NotFound, apsw.CorruptError)
"""What may be raised where a row is read by its key, if the row is damaged."""


def select(
    connection: apsw.Connection, statement: str, *values: Value, damaged: type[Damaged]
) -> list[Row]:
    """Return the rows, or raise if a text of one is not UTF-8."""
    try:
        return execute(connection, statement, *values)
    except UnicodeDecodeError as error:
        raise damaged("a text of the record is not UTF-8") from error
