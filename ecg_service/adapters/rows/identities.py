"""Converts to rows and back which user a subject of an issuer is."""

from ecg_service.adapters.rows.sealed import Row, Value, sealed, unsealed
from ecg_service.domain.errors import DamagedUser

COLUMNS = "issuer, subject, name, checksum"


def to_row(issuer: str, subject: str, name: str) -> tuple[Value, ...]:
    return sealed(issuer, subject, name)


def to_name(row: Row) -> str:
    """Return the name of the user, or raise `DamagedUser`."""
    _, _, name = unsealed(row, DamagedUser)
    return name
