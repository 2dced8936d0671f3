"""Converts grants to rows and back."""

from collections.abc import Set as AbstractSet
from datetime import datetime

from ecg_service.adapters.rows.sealed import Row, Value, sealed, unsealed
from ecg_service.domain.errors import DamagedGrant
from ecg_service.domain.grants import Grant, Kind
from ecg_service.domain.ids import id_of
from ecg_service.domain.principal import Scope
from ecg_service.domain.time import from_microseconds, to_microseconds

COLUMNS = "id, kind, owner, digest, created, expires, name, scopes, epoch, last_used, checksum"


def to_row(grant: Grant) -> tuple[Value, ...]:
    return sealed(
        grant.id.bytes,
        grant.kind.value,
        grant.owner,
        grant.digest,
        to_microseconds(grant.created),
        _to_microseconds(grant.expires),
        grant.name,
        _to_text(grant.scopes),
        grant.epoch,
        _to_microseconds(grant.last_used),
    )


def to_grant(row: Row) -> Grant:
    """Return the grant, or raise `DamagedGrant`."""
    values = unsealed(row, DamagedGrant)
    grant_id, kind, owner, digest, created, expires, name, scopes, epoch, last_used = values
    return Grant(
        id_of(grant_id),
        Kind(kind),
        owner,
        digest,
        from_microseconds(created),
        _from_microseconds(expires),
        name,
        _from_text(scopes),
        epoch,
        _from_microseconds(last_used),
    )


def _to_microseconds(moment: datetime | None) -> int | None:
    return None if moment is None else to_microseconds(moment)


def _from_microseconds(count: int | None) -> datetime | None:
    return None if count is None else from_microseconds(count)


def _to_text(scopes: AbstractSet[Scope] | None) -> str | None:
    """Return scopes as OAuth writes them (RFC 6749 §3.3), in one order."""
    return None if scopes is None else " ".join(sorted(scopes))


def _from_text(scopes: str | None) -> frozenset[Scope] | None:
    return None if scopes is None else frozenset(map(Scope, scopes.split()))
