"""Writes that show whether the database can be written."""

import apsw

from ecg_service.adapters.sqlite.engine.sql import execute

PING_SIZE = 4 * 16_384


def ping(connection: apsw.Connection) -> None:
    """Write as much as an ECG before deleting what the last ping wrote."""
    execute(connection, "INSERT INTO pings (content) VALUES (zeroblob(?))", PING_SIZE)
    execute(connection, "DELETE FROM pings WHERE rowid < ?", connection.last_insert_rowid())
