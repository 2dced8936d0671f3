"""Converts idempotency keys to rows and back; each says which ECG it stored."""

from ecg_service.adapters.rows.sealed import Row, Value, sealed, unsealed
from ecg_service.domain.errors import DamagedKey
from ecg_service.domain.ids import id_of
from ecg_service.domain.stored import IdAndFingerprint, StoredEcg

COLUMNS = "owner, key, ecg_id, fingerprint, checksum"


def to_row(one: StoredEcg) -> tuple[Value, ...]:
    return sealed(one.ecg.owner, one.key, one.ecg.id.bytes, one.fingerprint)


def to_named(row: Row) -> IdAndFingerprint:
    """Return the ECG that a key stored, or raise `DamagedKey`."""
    _, _, ecg_id, fingerprint = unsealed(row, DamagedKey)
    return id_of(ecg_id), fingerprint
