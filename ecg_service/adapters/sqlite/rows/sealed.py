"""Rows that end in a checksum of their other columns; it is against damage, not malice.

Damage stays where it is: what reads several rows reads each by its key, and what stands for an
unreadable one is made from the key.
"""

import zlib
from collections.abc import Sequence

import apsw
import msgspec

from ecg_service.adapters.sqlite.engine.sql import Row, Value, execute
from ecg_service.domain.errors import Damaged, NotFound

UNREADABLE = (Damaged, NotFound, apsw.CorruptError)
"""What may be raised where a row is read by its key, if the row is damaged."""

_encode = msgspec.msgpack.Encoder().encode


def checksum(values: Sequence[Value]) -> int:
    """Return the CRC-32 of the values as MessagePack; files hold it, so it never changes.

    JSON, which escapes text and writes bytes in Base64, took four times as long.
    """
    return zlib.crc32(_encode(values))


def sealed(*values: Value) -> tuple[Value, ...]:
    """Return a row to store: the values, each as SQLite will return it, and their checksum."""
    return (*values, checksum(values))


def unsealed(row: Row, damaged: type[Damaged]) -> Row:
    """Return the values of a row that was read, or raise if they do not match its checksum."""
    *values, stored = row
    if checksum(values) != stored:
        raise damaged("the record does not match its checksum")
    return tuple(values)


def select(
    connection: apsw.Connection, statement: str, *values: Value, damaged: type[Damaged]
) -> list[Row]:
    """Return the rows, or raise if a text of one is not UTF-8."""
    try:
        return execute(connection, statement, *values)
    except UnicodeDecodeError as error:
        raise damaged("a text of the record is not UTF-8") from error
