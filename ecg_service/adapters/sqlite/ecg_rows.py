"""How an ECG becomes a row and back, and how damage to the row is noticed."""

import zlib
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import msgspec

from ecg_service.domain.ecg import Ecg, Lead
from ecg_service.domain.errors import DamagedEcg, EcgNotFound
from ecg_service.ports.ecgs import NewEcg

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
COLUMNS = "id, owner, date, sampling_rate, leads, client_id, fingerprint, checksum"

_encode = msgspec.json.Encoder().encode
_decode_leads = msgspec.json.Decoder(tuple[Lead, ...]).decode


class EcgRow(NamedTuple):
    """All columns of an ECG but its blob, in the order of `COLUMNS`."""

    id: bytes
    owner: str
    date: int
    sampling_rate: float | None
    leads: str
    client_id: str | None
    fingerprint: bytes | None
    checksum: int


def microseconds(date: datetime) -> int:
    """Count from 1970, exactly, for every date that Python knows."""
    return (date - EPOCH) // MICROSECOND


def moment(count: int) -> datetime:
    """Undo `microseconds`."""
    return EPOCH + timedelta(microseconds=count)


def checksum(row: tuple[object, ...], owner: object) -> int:
    """Sum what was bound to the columns of the row, with this owner in the place of its own."""
    identity, _, *others = row[:7]
    return zlib.crc32(_encode((identity, owner, *others)))


def to_row(new: NewEcg) -> tuple[bytes | str | float | None, ...]:
    """Return the columns with the checksum, then the blob."""
    ecg = new.recording.ecg
    row = (
        ecg.id.bytes,
        ecg.owner,
        microseconds(ecg.date),
        # The sum is over the value as SQLite returns it: never an int, never a negative zero.
        None if ecg.sampling_rate is None else ecg.sampling_rate + 0.0,
        _encode(ecg.leads).decode(),
        ecg.client_id,
        new.fingerprint,
    )
    return (*row, checksum(row, ecg.owner), new.recording.blob)


def to_ecg(row: EcgRow, owner: str) -> Ecg:
    """Return the ECG if it is the owner's, else raise `EcgNotFound`; `DamagedEcg` if altered.

    A row whose owner alone was altered fits its checksum with the true owner: to them it is
    damaged, to everybody else it is not there.
    """
    intact = checksum(row, owner) == row.checksum
    if row.owner != owner and not intact:
        raise EcgNotFound
    if row.owner != owner or not intact:
        raise DamagedEcg("the metadata of the ECG do not match their checksum")
    return Ecg(
        id=UUID(bytes=row.id),
        owner=row.owner,
        date=moment(row.date),
        leads=_decode_leads(row.leads),
        sampling_rate=row.sampling_rate,
        client_id=row.client_id,
    )
