"""The generation, of which there is one; it is lost only by damage, and then is nothing until it is renewed."""

import apsw

from ecg_service.adapters.sqlite.engine.sql import execute
from ecg_service.adapters.sqlite.schema.tables import RENEW_GENERATION

GENERATION = "SELECT generation FROM generations"


def generation(connection: apsw.Connection) -> bytes:
    return b"".join(row[0] for row in execute(connection, GENERATION))


def renew_generation(connection: apsw.Connection) -> None:
    execute(connection, RENEW_GENERATION)
