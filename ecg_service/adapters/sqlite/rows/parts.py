"""Blobs of long recordings: the row of the ECG has the first part, the others are rows of their own.

SQLite finds a byte of a large value by reading all pages before it: the last 64 kB of 79 MB took
47 ms, also by an incremental read, and 0.1 ms from a part.
"""

from collections.abc import Iterable, Iterator
from uuid import UUID

import apsw

from ecg_service.adapters.sqlite.engine.sql import Row, execute, execute_many

WHOLE = 1024 * 1024
"""Bytes up to which a blob is in one piece."""
PART = 65_536
AHEAD = 8
"""Parts that are read with those before them by whoever reads one after the other."""
STEP = 8
"""Parts that are stored or removed in one transaction, so that others need not wait long."""

INSERT = "INSERT INTO ecg_parts (ecg_id, number, content) VALUES (?, ?, ?)"
SOME = """
    SELECT number, content FROM ecg_parts WHERE ecg_id = ? AND number BETWEEN ? AND ?
"""
LAST = """
    SELECT number, length(content) FROM ecg_parts WHERE ecg_id = ? ORDER BY number DESC LIMIT 1
"""
# An ECG is a leftover while its parts are stored before it, or removed after it.
LEAVE = "INSERT OR IGNORE INTO ecg_leftovers (ecg_id) VALUES (?)"
KEEP = "DELETE FROM ecg_leftovers WHERE ecg_id = ?"
LEFTOVERS = "SELECT ecg_id FROM ecg_leftovers"
IS_LEFTOVER = """
    SELECT 1 FROM ecg_leftovers WHERE ecg_id = ?
    AND NOT EXISTS (SELECT 1 FROM ecgs WHERE ecgs.id = ecg_leftovers.ecg_id)
"""
REMOVE = """
    DELETE FROM ecg_parts WHERE ecg_id = ? AND number <
        (SELECT min(number) FROM ecg_parts WHERE ecg_id = ?) + ?
"""
HAS_PARTS = "SELECT 1 FROM ecg_parts WHERE ecg_id = ? LIMIT 1"


class Blob:
    """The blob of an ECG, of which ranges are read within one snapshot."""

    def __init__(self, connection: apsw.Connection, ecg_id: UUID, first: bytes) -> None:
        self._connection, self._id, self._first = connection, ecg_id.bytes, first
        self.size = len(first) + self._rest()
        self._parts = {0: first}
        self._next = 0  # the part that follows what was read last

    def _rest(self) -> int:
        if len(self._first) != PART:
            return 0
        last = execute(self._connection, LAST, self._id)
        return sum((number - 1) * PART + length for number, length in last)

    def read(self, start: int, stop: int) -> bytes:
        """Return the bytes from `start` to `stop`; fewer if parts are lost."""
        if stop <= len(self._first):
            return self._first[start:stop]
        first, last = start // PART, (stop - 1) // PART
        numbers = range(first, last + 1)
        if not self._parts.keys() >= set(numbers):
            self._fetch(first, last)
        self._next = last + 1
        found = [self._parts.get(number, b"") for number in numbers]
        return b"".join(found)[start - first * PART : stop - first * PART]

    def _fetch(self, first: int, last: int) -> None:
        """Keep these parts and, if they follow what was read last, some behind them."""
        kept = {number: self._parts[number] for number in (0, first) if number in self._parts}
        until = last + AHEAD if first in {self._next - 1, self._next} else last
        start = first + 1 if first in kept else first
        rows = execute(self._connection, SOME, self._id, start, until)
        self._parts = kept | dict(rows)

    def whole(self) -> bytes:
        """Return all bytes."""
        return self.read(0, self.size) if self.size > len(self._first) else self._first


def first_part(blob: bytes) -> bytes:
    """Return what the row of the ECG has."""
    return blob if len(blob) <= WHOLE else blob[:PART]


def parts_of(ecg_id: UUID, blob: bytes) -> Iterator[list[Row]]:
    """Yield the rows of the other parts, as many together as one transaction stores."""
    starts = range(PART, len(blob), PART) if len(blob) > WHOLE else range(0)
    for step in range(0, len(starts), STEP):
        yield [
            (ecg_id.bytes, start // PART, blob[start : start + PART])
            for start in starts[step : step + STEP]
        ]


def insert_parts(connection: apsw.Connection, rows: Iterable[Row]) -> None:
    """Insert parts of an ECG that is stored in the same transaction."""
    execute_many(connection, INSERT, rows)


def stage_parts(connection: apsw.Connection, ecg_id: UUID, rows: Iterable[Row]) -> None:
    """Insert parts of an ECG that is stored later; until then it is a leftover."""
    execute(connection, LEAVE, ecg_id.bytes)
    insert_parts(connection, rows)


def keep_parts(connection: apsw.Connection, ecg_id: UUID) -> None:
    """Let the staged parts belong to their ECG, which is stored in the same transaction."""
    execute(connection, KEEP, ecg_id.bytes)


def leave_parts(connection: apsw.Connection, ecg_id: UUID) -> bool:
    """Make an ECG that is removed a leftover, if it has parts; return whether it has."""
    has_parts = bool(execute(connection, HAS_PARTS, ecg_id.bytes))
    if has_parts:
        execute(connection, LEAVE, ecg_id.bytes)
    return has_parts


def remove_leftover(connection: apsw.Connection, ecg_id: bytes) -> bool:
    """Remove some parts of a leftover; return whether there may be more."""
    if not execute(connection, IS_LEFTOVER, ecg_id):
        return False
    execute(connection, REMOVE, ecg_id, ecg_id, STEP)
    if connection.changes():
        return True
    execute(connection, KEEP, ecg_id)
    return False


def leftovers(connection: apsw.Connection) -> list[bytes]:
    """Return the ids of ECGs whose parts were staged or left by a process that ended."""
    return [ecg_id for (ecg_id,) in execute(connection, LEFTOVERS)]
