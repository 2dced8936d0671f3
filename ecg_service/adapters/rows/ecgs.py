"""Converts ECGs to rows and back; a second checksum binds the blob to its row."""

from collections.abc import Callable
from functools import lru_cache
from typing import cast
from uuid import UUID

import msgspec

from ecg_service.adapters.rows.sealed import Row, Value, checksum, sealed
from ecg_service.domain.ecg import Ecg, Lead
from ecg_service.domain.errors import DamagedEcg, EcgNotFound
from ecg_service.domain.ids import id_of
from ecg_service.domain.same import Same
from ecg_service.domain.stored import StoredEcg
from ecg_service.domain.time import from_microseconds, to_microseconds

COLUMNS = "id, owner, date, sampling_rate, leads, client_id, fingerprint, checksum"
OWNER, FINGERPRINT = 1, 6
"""The indices of these among them."""
BLOB_COLUMNS = "blob, blob_checksum"

HEADER_SIZE = 16
"""The header of a blob holds a checksum of its table, and that one of each lead's samples."""

REMEMBERED = 256
"""Of how many descriptions of leads the text is remembered, and of how many texts the description."""
LONG = 4_096
"""Characters of such a text beyond which it is decoded each time: twelve leads take some 800."""

_encode = msgspec.json.Encoder().encode
_decode_leads = msgspec.json.Decoder(tuple[Lead, ...]).decode
_known_leads: Callable[[str], tuple[Lead, ...]] = lru_cache(REMEMBERED)(_decode_leads)


def to_row(new: StoredEcg, blob: bytes) -> tuple[Value, ...]:
    """Return the columns, then those of the blob: of it the row has `blob`, its beginning at least."""
    ecg = new.ecg
    row = sealed(
        ecg.id.bytes,
        ecg.owner,
        to_microseconds(ecg.date),
        # Checksummed as databases return it: never an int, never a negative zero.
        None if ecg.sampling_rate is None else ecg.sampling_rate + 0.0,
        _text(ecg.leads),
        ecg.client_id,
        new.fingerprint,
    )
    return (*row, blob, _blob_checksum(ecg.id, blob))


def _text(leads: tuple[Lead, ...]) -> str:
    return _text_of_known(cast("Same[Lead]", leads)) if isinstance(leads, Same) else _encoded(leads)


def _encoded(leads: tuple[Lead, ...]) -> str:
    return _encode(leads).decode()


_text_of_known: Callable[[Same[Lead]], str] = lru_cache(REMEMBERED)(_encoded)


def to_ecg(row: Row, owner: str) -> Ecg:
    """Return the ECG, or raise `EcgNotFound` if it is not the owner's, `DamagedEcg` if altered.

    A row of which only the owner was altered matches its checksum with the true owner: for
    them it is damaged, for all others it does not exist. Altered in more, it is nobody's.
    """
    ecg_id, stored_owner, date, sampling_rate, leads, client_id, _, stored = row
    intact = _checksum(row, owner) == stored
    if stored_owner != owner and not intact:
        raise EcgNotFound
    if stored_owner != owner or not intact:
        raise DamagedEcg("the metadata of the ECG do not match their checksum")
    return Ecg(
        id=id_of(ecg_id),
        owner=owner,
        date=from_microseconds(date),
        leads=_known_leads(leads) if len(leads) <= LONG else _decode_leads(leads),
        sampling_rate=sampling_rate,
        client_id=client_id,
    )


def to_blob(row: Row, ecg_id: UUID) -> bytes:
    """Return what the row has of the samples, or raise `DamagedEcg` if it is another ECG's or no blob."""
    blob, stored = row
    if not isinstance(blob, bytes) or _blob_checksum(ecg_id, blob) != stored:
        raise DamagedEcg("the samples are not those that were stored with the ECG")
    return blob


def _checksum(row: Row, owner: str) -> int:
    """Return the checksum of the columns, with this owner in place of the stored one."""
    ecg_id, _, *others = row[:-1]
    return checksum((ecg_id, owner, *others))


def _blob_checksum(ecg_id: UUID, blob: bytes) -> int:
    return checksum((ecg_id.bytes, blob[:HEADER_SIZE]))
