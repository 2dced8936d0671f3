"""Converts ECGs to rows and back; a checksum detects damage to a row."""

import zlib
from uuid import UUID

import msgspec

from ecg_service.adapters.sqlite.engine.sql import Row, Value
from ecg_service.domain.ecg import Ecg, Lead
from ecg_service.domain.errors import DamagedEcg, EcgNotFound
from ecg_service.domain.stored import StoredEcg
from ecg_service.domain.time import from_microseconds, to_microseconds

COLUMNS = "id, owner, date, sampling_rate, leads, client_id, fingerprint, checksum"
OWNER = 1
"""The index of the owner among them."""

_encode = msgspec.json.Encoder().encode
_decode_leads = msgspec.json.Decoder(tuple[Lead, ...]).decode


def to_row(new: StoredEcg) -> tuple[Value, ...]:
    """Return the columns with the checksum, then the blob."""
    ecg = new.ecg
    row = (
        ecg.id.bytes,
        ecg.owner,
        to_microseconds(ecg.date),
        # Checksummed as SQLite returns it: never an int, never a negative zero.
        None if ecg.sampling_rate is None else ecg.sampling_rate + 0.0,
        _encode(ecg.leads).decode(),
        ecg.client_id,
        new.fingerprint,
    )
    return (*row, _checksum(row, ecg.owner), new.blob)


def to_ecg(row: Row, owner: str) -> Ecg:
    """Return the ECG, or raise `EcgNotFound` if it is not the owner's, `DamagedEcg` if altered.

    A row of which only the owner was altered matches its checksum with the true owner: for
    them it is damaged, for all others it does not exist. Altered in more, it is nobody's.
    """
    ecg_id, stored_owner, date, sampling_rate, leads, client_id, _, checksum = row
    intact = _checksum(row, owner) == checksum
    if stored_owner != owner and not intact:
        raise EcgNotFound
    if stored_owner != owner or not intact:
        raise DamagedEcg("the metadata of the ECG do not match their checksum")
    return Ecg(
        id=UUID(bytes=ecg_id),
        owner=owner,
        date=from_microseconds(date),
        leads=_decode_leads(leads),
        sampling_rate=sampling_rate,
        client_id=client_id,
    )


def _checksum(row: Row, owner: object) -> int:
    """Return the checksum of the columns, with this owner in place of the stored one."""
    ecg_id, _, *others = row[:7]
    return zlib.crc32(_encode((ecg_id, owner, *others)))
