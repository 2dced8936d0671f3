"""The migration that gives the rows of earlier releases their checksums."""

import zlib
from sqlite3 import Connection
from typing import TYPE_CHECKING

import msgspec

from ecg_service.adapters.rows.sealed import checksum
from ecg_service.adapters.sqlite.engine.sql import Row

if TYPE_CHECKING:
    from sqlite_utils import Database

ADD = "ALTER TABLE {} ADD COLUMN {} INTEGER NOT NULL DEFAULT 0"

# Each with its key, and what is checksummed.
UNSEALED = (
    ("users", "name", "name, role, password_hash, created, disabled, epoch"),
    (
        "insights",
        "ecg_id, name",
        "ecg_id, name, version, state, attempts, result, error, failures, cut_short",
    ),
    ("backfills", "name, version", "position"),
)
ECGS = """
    SELECT pk, substr(blob, 1, 16), checksum,
        id, owner, date, sampling_rate, leads, client_id, fingerprint
    FROM ecgs
"""
PUT_ECG = "UPDATE ecgs SET checksum = ?, blob_checksum = ? WHERE pk = ?"


def add_checksums(db: "Database") -> None:
    """Checksum the rows that had none, and bind every blob to its row."""
    db.conn.text_factory = _text
    for table, key, values in UNSEALED:
        _seal(db.conn, table, key, values)
    # After the blob, since it is read with it: what is before can be read without the blob.
    db.conn.execute(ADD.format("ecgs", "blob_checksum"))
    db.conn.executemany(PUT_ECG, map(_sealed_ecg, db.conn.execute(ECGS)))
    db.conn.text_factory = str


def _seal(connection: Connection, table: str, key: str, values: str) -> None:
    connection.execute(ADD.format(table, "checksum"))
    width = key.count(",") + 1
    rows = connection.execute(f"SELECT {key}, {values} FROM {table}")  # noqa: S608 - names above
    connection.executemany(
        f"UPDATE {table} SET checksum = ? WHERE ({key}) = ({', '.join('?' * width)})",  # noqa: S608
        ((checksum(row[width:]), *row[:width]) for row in rows),
    )


def _sealed_ecg(row: Row) -> Row:
    """Return both checksums of an ECG whose checksum was of JSON; keep one that does not match."""
    pk, header, stored, ecg_id, *others = row
    values = (ecg_id, *others)
    intact = zlib.crc32(msgspec.json.encode(values)) == stored
    return checksum(values) if intact else stored, checksum((ecg_id, header)), pk


def _text(raw: bytes) -> str | bytes:
    """Return a text or, if it is damaged, its bytes: its row stays damaged."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw
